package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.SessionId;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// An owner who may have one session gets one, even if two are revived at the same moment. Protects the owner's lock in
/// `SessionTable.revive`.
@JCStressTest
@Outcome(id = "(true, false|false, true), 1", expect = ACCEPTABLE, desc = "One is refused.")
@Outcome(expect = FORBIDDEN, desc = "Over the limit, or both refused.")
@State
public class ReviveOfTwo {

    private static final SessionId ANOTHER = new SessionId("another");

    private final OneSession one = new OneSession(OneSession.POLICY.toBuilder().maxSessionsPerOwner(1).build()).expired();

    public ReviveOfTwo() {
        one.add(ANOTHER);
        one.expired();
    }

    @Actor
    public void revive(ZZJ_Result r) {
        r.r1 = one.isRevived();
    }

    @Actor
    public void reviveAnother(ZZJ_Result r) {
        r.r2 = one.store.revive(ANOTHER, OneSession.ALICE).isPresent();
    }

    @Arbiter
    public void count(ZZJ_Result r) {
        r.r3 = one.store.liveCount();
    }
}
