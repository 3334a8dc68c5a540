package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZZ_Result;

/// A session revived while a sweep moves it stays alive, and its next expiry is noticed. Protects `ExpiryBuckets.keep`, which
/// ignores a session that is back in a bucket.
@JCStressTest
@Outcome(id = "true, true, true, true", expect = ACCEPTABLE, desc = "Revived, and watched.")
@Outcome(expect = FORBIDDEN, desc = "Dead, not watched, or never given up.")
@State
public class ReviveDuringSweep {

    private final OneSession one = new OneSession().expired();

    @Actor
    public void revive(ZZZZ_Result r) {
        r.r1 = one.isRevived();
    }

    @Actor
    public void sweep() {
        one.store.deleteExpired();
    }

    @Arbiter
    public void expireAgain(ZZZZ_Result r) {
        r.r2 = one.isAlive();
        one.expired();
        r.r3 = one.store.deleteExpired().contains(OneSession.ID);
        one.clock.advance(OneSession.POLICY.revivalWindow());
        one.store.deleteExpired();
        r.r4 = one.store.heldCount() == 0;
    }
}
