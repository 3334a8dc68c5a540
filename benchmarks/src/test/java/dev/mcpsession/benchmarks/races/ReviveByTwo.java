package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// Of two concurrent revivals of a session, neither is refused, and the session is counted once. Protects that `SessionTable.revive`
/// checks again, under the owner's lock, whether the session is alive.
@JCStressTest
@Outcome(id = "true, true, 1", expect = ACCEPTABLE, desc = "Both have it.")
@Outcome(expect = FORBIDDEN, desc = "One was refused, or it was counted twice.")
@State
public class ReviveByTwo {

    private final OneSession one = new OneSession(OneSession.POLICY.toBuilder().maxSessionsPerOwner(1).build()).expired();

    @Actor
    public void revive(ZZJ_Result r) {
        r.r1 = one.isRevived();
    }

    @Actor
    public void reviveToo(ZZJ_Result r) {
        r.r2 = one.isRevived();
    }

    @Arbiter
    public void count(ZZJ_Result r) {
        r.r3 = one.store.liveCount();
    }
}
