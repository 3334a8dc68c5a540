package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/// Closing a subscription from two threads closes it once: the count of subscribers never drops below the number that is open.
/// Protects the lock of `Stripe.Waiter.setClosed`.
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "Counted once.")
@Outcome(expect = FORBIDDEN, desc = "Counted twice, or not at all.")
@State
public class CloseByTwo {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Subscription reader = broadcaster.subscribe(Traffic.ALL, Start.now());

    @Actor
    public void close() {
        reader.close();
    }

    @Actor
    public void closeToo() {
        reader.close();
    }

    @Arbiter
    public void count(J_Result r) {
        r.r1 = broadcaster.subscriberCount();
        broadcaster.close();
    }
}
