package dev.mcpsession.postgres;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// The pause before the next attempt: twice as long as the last one, with jitter, so that replicas do not retry in lockstep. For one
/// thread.
final class BackOff {

    private final long shortest;
    private final long longest;
    private long next;

    BackOff(Duration shortest, Duration longest) {
        this.shortest = shortest.toMillis();
        this.longest = longest.toMillis();
        next = this.shortest;
    }

    /// {@return a random time between half of the pause and all of it}
    Duration next() {
        var due = next;
        next = Math.min(longest, 2 * next);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(due / 2, due + 1));
    }

    void reset() {
        next = shortest;
    }
}
