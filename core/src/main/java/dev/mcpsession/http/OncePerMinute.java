package dev.mcpsession.http;

import java.util.concurrent.atomic.AtomicLong;

/// Says when a line may be logged that clients, or a store that is away, could cause a thousand times a second. Safe for use by
/// many threads.
final class OncePerMinute {

    private static final long MINUTE = 60_000_000_000L;

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /// Whether the line is due; true to one caller a minute.
    boolean isDue() {
        var due = next.get();
        var now = System.nanoTime();
        return now - due >= 0 && next.compareAndSet(due, now + MINUTE);
    }
}
