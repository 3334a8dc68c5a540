package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.json.Json;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// Of two changes of a session's state, neither is lost. Protects the compare-and-set in `SessionEntry.changeState`.
@JCStressTest
@Outcome(id = "true, true, 2", expect = ACCEPTABLE, desc = "Both are there.")
@Outcome(expect = FORBIDDEN, desc = "One is lost.")
@State
public class MergeOfTwoKeys {

    private final OneSession one = new OneSession();

    @Actor
    public void merge() {
        one.store.updateState(OneSession.ID, Json.obj().with("one", 1));
    }

    @Actor
    public void mergeToo() {
        one.store.updateState(OneSession.ID, Json.obj().with("other", 1));
    }

    @Arbiter
    public void find(ZZJ_Result r) {
        var session = one.store.find(OneSession.ID).orElseThrow();
        r.r1 = session.state().get("one").isPresent();
        r.r2 = session.state().get("other").isPresent();
        r.r3 = session.stateVersion();
    }
}
