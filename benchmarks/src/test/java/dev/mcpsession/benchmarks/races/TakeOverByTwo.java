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
import org.openjdk.jcstress.infra.results.LL_Result;

/// Of two concurrent subscriptions of a session, one takes over from the other and continues alone. Protects that
/// `SubscriptionIndex.add` adds the newer one and ends the older one under the broadcaster's lock.
@JCStressTest
@Outcome(id = "(>, aB|aB, >)", expect = ACCEPTABLE, desc = "One goes on.")
@Outcome(expect = FORBIDDEN, desc = "Both, or none.")
@State
public class TakeOverByTwo {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private Subscription one;
    private Subscription other;

    @Actor
    public void subscribe() {
        one = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    }

    @Actor
    public void subscribeToo() {
        other = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    }

    @Arbiter
    public void read(LL_Result r) {
        Traffic.publish(broadcaster, "aB");
        r.r1 = Traffic.drained(one);
        r.r2 = Traffic.drained(other);
        broadcaster.close();
    }
}
