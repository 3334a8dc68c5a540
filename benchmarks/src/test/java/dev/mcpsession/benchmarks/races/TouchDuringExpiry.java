package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/// A session that `find` reported dead stays dead, and a touched one is alive, even if the touch read the clock before the session
/// expired and changes it after. Protects the compare-and-sets in `SessionTable.lifeAt`, which decides by recording, and in
/// `SessionTable.touch`.
@JCStressTest
@Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "Touched in time.")
@Outcome(id = "false, false, false", expect = ACCEPTABLE, desc = "Expired before.")
@Outcome(expect = FORBIDDEN, desc = "Came back, or was touched in vain.")
@State
public class TouchDuringExpiry {

    private final OneSession one = new OneSession().aging();

    @Actor
    public void touch(ZZZ_Result r) {
        r.r1 = one.store.touch(OneSession.ID);
    }

    @Actor
    public void find(ZZZ_Result r) {
        one.clock.advance(OneSession.MINUTE);
        r.r2 = one.isAlive();
    }

    @Arbiter
    public void findAgain(ZZZ_Result r) {
        r.r3 = one.isAlive();
    }
}
