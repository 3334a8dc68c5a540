package dev.mcpsession.postgres;

import java.time.Duration;

/// Whether notifications of other connections reach the one that listens; otherwise the log is polled. Safe for use by many threads;
/// moments are those of [System#nanoTime()].
///
/// After some silence, a connection of the statements' source sends a greeting. If it is not heard, the listening connection is deaf,
/// whatever the reason: a pooler that assigns it a server connection for one transaction at a time, another server than that of the
/// statements, a network that silently drops everything, or a full notification queue.
final class Hearing {

    private static final long SILENCE = Duration.ofSeconds(4).toNanos();
    private static final long HEARD_WITHIN = Duration.ofSeconds(3).toNanos();

    private boolean hasHeard;
    private long heardAt;
    private boolean isGreeted;
    private long greetedAt;
    private boolean polling;

    /// Whether it has been silent for so long that a greeting is due.
    synchronized boolean needsGreeting(long now) {
        return (!hasHeard || now - heardAt >= SILENCE) && (!isGreeted || now - greetedAt >= SILENCE);
    }

    /// Records that a greeting was committed, or that none can be sent.
    ///
    /// @param since before it was sent
    synchronized void greeted(long since) {
        if (hasHeard && heardAt - since >= 0) return; // heard already
        if (!isGreeted) greetedAt = since;
        isGreeted = true;
    }

    /// Records a notification, which ends polling.
    ///
    /// @return whether the log was polled until now
    synchronized boolean heard(long now) {
        var wasPolling = polling;
        hasHeard = true;
        heardAt = now;
        isGreeted = false;
        polling = false;
        return wasPolling;
    }

    /// Records that nothing was heard until now.
    ///
    /// @return whether polling has to begin, since a greeting was not heard in time
    synchronized boolean isDeaf(long now) {
        var isNew = !polling && isGreeted && now - greetedAt >= HEARD_WITHIN;
        polling |= isNew;
        return isNew;
    }

    /// Forgets the greeting that is awaited, so that another one is due.
    synchronized void forgetGreeting() {
        isGreeted = false;
    }

    synchronized boolean isPolling() {
        return polling;
    }
}
