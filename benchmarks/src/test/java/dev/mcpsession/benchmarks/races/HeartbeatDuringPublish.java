package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A heartbeat that meets an event does not cost the reader the event, nor its sleep. Exercises `Stripe.takeSilent`, which
/// gives the readers that it takes a state which no other thread changes; breaking it failed in `StripeTest`, not here.
///
/// All share one broadcaster, because each one ticks: a thousand of them would do nothing but tick.
@JCStressTest
@Outcome(id = "(A|a)", expect = ACCEPTABLE, desc = "Delivered.")
@Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
@State
public class HeartbeatDuringPublish {

    private static final StripedBroadcaster BROADCASTER =
            Traffic.broadcaster(Traffic.SMALL.toBuilder().heartbeat(Duration.ofMillis(1)).build());
    private static final int MOST_NANOS = 1_500_000;

    private final Sleeper sleeper = new Sleeper();
    private volatile Subscription reader;

    @Actor
    public void read(L_Result r) {
        reader = BROADCASTER.subscribe(Traffic.OF_SESSION, Start.now());
        r.r1 = sleeper.next(reader);
        reader.close();
    }

    @Actor
    public void publish() {
        while (reader == null) Thread.onSpinWait();
        var random = ThreadLocalRandom.current();
        var start = System.nanoTime();
        var pause = random.nextInt(MOST_NANOS);
        while (System.nanoTime() - start < pause) Thread.onSpinWait();
        Traffic.publish(BROADCASTER, random.nextBoolean() ? "A" : "a");
        sleeper.watch();
    }
}
