package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// A delete of an expired session wins over a concurrent revival. Protects the compare-and-set in `SessionTable.revive`.
@JCStressTest
@Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "Deleted before.")
@Outcome(id = "false, (true|false), 0", expect = ACCEPTABLE, desc = "Deleted meanwhile or after.")
@Outcome(expect = FORBIDDEN, desc = "Revived after delete, or still counted.")
@State
public class ReviveDuringDelete {

    private final OneSession one = new OneSession().expired();
    private volatile boolean isDeleted;

    @Actor
    public void delete() {
        one.store.delete(OneSession.ID);
        isDeleted = true;
    }

    @Actor
    public void revive(ZZJ_Result r) {
        r.r1 = isDeleted;
        r.r2 = one.isRevived();
    }

    @Arbiter
    public void reviveAgain(ZZJ_Result r) {
        var held = one.isRevived() || one.isAlive() ? 1 : 0;
        r.r3 = held + one.store.liveCount() + one.store.heldCount();
    }
}
