package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/// A deleted session is never alive again, even if a touch began before. Protects that `SessionEntry.end` and
/// `SessionEntry.changeLife` change one word, the latter by compare-and-set.
@JCStressTest
@Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "Deleted before.")
@Outcome(id = "false, (true|false), 0", expect = ACCEPTABLE, desc = "Deleted meanwhile or after.")
@Outcome(expect = FORBIDDEN, desc = "Touched after delete, or still counted.")
@State
public class DeleteDuringTouch {

    private final OneSession one = new OneSession();
    private volatile boolean isDeleted;

    @Actor
    public void delete() {
        one.store.delete(OneSession.ID);
        isDeleted = true;
    }

    @Actor
    public void touch(ZZJ_Result r) {
        r.r1 = isDeleted;
        r.r2 = one.store.touch(OneSession.ID);
    }

    @Arbiter
    public void count(ZZJ_Result r) {
        r.r3 = one.store.liveCount() + one.store.heldCount() + one.store.list().size();
    }
}
