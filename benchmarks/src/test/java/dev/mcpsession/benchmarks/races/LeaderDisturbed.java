package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/// A leader wakes the others even if it is interrupted, closed, or receives mail at any moment. Exercises
/// `Stripe.await`, which leads before it throws.
///
/// The one that comes last is the first of its list. It waits in the same stripe as the other or, behind a block of those that
/// have gone, in another.
@JCStressTest
@Outcome(id = "A, (A|aA|!|interrupted)", expect = ACCEPTABLE, desc = "Both are awake.")
@Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
@State
public class LeaderDisturbed {

    private static final int BLOCK = 128;
    private static final int MOST_SPINS = 200;

    private final StripedBroadcaster broadcaster = Traffic.broadcaster(Traffic.SMALL.toBuilder().stripes(4).build());
    private final Subscription other = broadcaster.subscribe(Traffic.ALL, Start.now());
    private final Subscription leader = newLeader();
    private final Sleeper otherSleeper = new Sleeper();
    private final Sleeper leadingSleeper = new Sleeper();
    private volatile String read;

    private Subscription newLeader() {
        var between = ThreadLocalRandom.current().nextInt(4) == 0 ? BLOCK : 0;
        for (var n = 0; n < between; n++) broadcaster.subscribe(Traffic.ALL, Start.now()).close();
        return broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    }

    @Actor
    public void wait(LL_Result r) {
        r.r1 = otherSleeper.next(other);
    }

    @Actor
    public void disturb() {
        Thread.startVirtualThread(() -> read = readByLeader());
        while (broadcaster.stats().waiting() < 2) Thread.onSpinWait();
        var random = ThreadLocalRandom.current();
        var isBefore = random.nextInt(4) == 0;
        if (isBefore) disturbLeader(random.nextInt(3));
        else Traffic.publish(broadcaster, "A");
        for (var n = random.nextInt(MOST_SPINS); n > 0; n--) Thread.onSpinWait();
        if (isBefore) Traffic.publish(broadcaster, "A");
        else disturbLeader(random.nextInt(3));
        otherSleeper.watch();
    }

    private String readByLeader() {
        var first = leadingSleeper.next(leader);
        return first.equals("a") ? first + new Sleeper().next(leader) : first;
    }

    private void disturbLeader(int how) {
        switch (how) {
            case 0 -> leadingSleeper.interrupt();
            case 1 -> leader.close();
            default -> Traffic.publish(broadcaster, "a");
        }
    }

    @Arbiter
    public void end(LL_Result r) {
        leadingSleeper.watch();
        while (read == null) Thread.onSpinWait();
        r.r2 = read;
        broadcaster.close();
    }
}
