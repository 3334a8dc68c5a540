package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;

/// Events have one order, the same for all readers: that of their ids. Protects the lock of `LockedLog.append`.
@JCStressTest
@Outcome(id = "(AB, true|BA, false)", expect = ACCEPTABLE, desc = "One of them was first, for both readers.")
@Outcome(expect = FORBIDDEN, desc = "Lost, or in another order than the ids.")
@State
public class PublishByTwo {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final List<Subscription> readers =
            List.of(broadcaster.subscribe(Traffic.ALL, Start.now()), broadcaster.subscribe(Traffic.OF_SESSION, Start.now()));
    private EventId one;
    private EventId other;

    @Actor
    public void publish() {
        one = broadcaster.publish(Traffic.event('A'));
    }

    @Actor
    public void publishToo() {
        other = broadcaster.publish(Traffic.event('B'));
    }

    @Arbiter
    public void read(LZ_Result r) {
        var seen = readers.stream().map(Traffic::drained).distinct().toList();
        r.r1 = String.join(" or ", seen);
        r.r2 = one.sequence() < other.sequence();
        broadcaster.close();
    }
}
