package dev.mcpsession.postgres;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// How long to wait before the next attempt: twice as long as before the last one, and a little different for everybody, so
/// that replicas do not come all at once. For one thread.
final class BackOff {

    private final long shortest;
    private final long longest;
    private long next;

    BackOff(Duration shortest, Duration longest) {
        this.shortest = shortest.toMillis();
        this.longest = longest.toMillis();
        next = this.shortest;
    }

    /// Between half of what is due and all of it.
    Duration next() {
        var due = next;
        next = Math.min(longest, 2 * next);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(due / 2, due + 1));
    }

    void reset() {
        next = shortest;
    }
}
