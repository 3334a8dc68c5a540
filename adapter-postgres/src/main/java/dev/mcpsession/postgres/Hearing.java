package dev.mcpsession.postgres;

import java.time.Duration;

/// Whether notifications of other connections reach the one that listens; otherwise the log is polled. Safe for use by many threads;
/// moments are those of [System#nanoTime()].
///
/// A pooler that assigns a server connection per transaction lets LISTEN succeed, and delivers what was notified meanwhile together
/// with the answer to the next statement. So a greeting counts only if another connection sent it and it arrives while this one
/// waits. One that arrives with an answer proves nothing, since it may have been on its way; several in a row prove a pooler.
final class Hearing {

    private static final long SILENCE = Duration.ofSeconds(4).toNanos();
    private static final long HEARD_WITHIN = Duration.ofSeconds(3).toNanos();
    private static final int MAX_WITH_ANSWERS = 4;

    private boolean hasHeard;
    private long heardAt;
    private boolean isGreeted;
    private long greetedAt;
    private long idle; // how long the listener has waited since
    private int withAnswers;
    private boolean polling;

    /// Whether it has been silent for so long that a greeting is due.
    synchronized boolean needsGreeting(long now) {
        return (!hasHeard || now - heardAt >= SILENCE) && (!isGreeted || now - greetedAt >= SILENCE);
    }

    /// Records that a greeting was committed.
    ///
    /// @param since before it was sent
    synchronized void greeted(long since) {
        if (isGreeted || hasHeard && heardAt - since >= 0) return;
        isGreeted = true;
        greetedAt = since;
        idle = 0;
    }

    /// Records a notification that arrived while the listener waited, which ends polling.
    ///
    /// @return whether the log was polled until now
    synchronized boolean heard(long now) {
        var wasPolling = polling;
        hasHeard = true;
        heardAt = now;
        forgetGreeting();
        withAnswers = 0;
        polling = false;
        return wasPolling;
    }

    /// Records a greeting that arrived with the answer to a statement.
    synchronized void heardWithAnswer() {
        if (isGreeted) withAnswers++;
        forgetGreeting();
    }

    /// Records that the listener waited and heard nothing.
    ///
    /// @return whether polling has to start
    synchronized boolean waited(long from, long to) {
        if (isGreeted) idle += Math.max(0, to - Math.max(from, greetedAt));
        return !polling && (idle >= HEARD_WITHIN || withAnswers >= MAX_WITH_ANSWERS);
    }

    synchronized void startPolling() {
        polling = true;
    }

    synchronized boolean isPolling() {
        return polling;
    }

    /// Forgets the greeting that is awaited, for instance because another connection listens now.
    synchronized void forgetGreeting() {
        isGreeted = false;
        idle = 0;
    }
}
