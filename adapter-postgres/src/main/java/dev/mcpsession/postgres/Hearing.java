package dev.mcpsession.postgres;

import java.time.Duration;

/// Whether notifications of other connections reach the one that listens. Safe for use by many threads; the moments are those of
/// [System#nanoTime()].
///
/// A pooler that lends a connection for one transaction lets LISTEN succeed, and hands over what was notified meanwhile together
/// with the answer to the next statement. So a greeting counts only if another connection sent it and it comes while this one
/// waits. One that comes with an answer proves nothing once, since it may have been on its way; several in a row prove a pooler.
final class Hearing {

    private static final long SILENCE = Duration.ofSeconds(4).toNanos();
    private static final long HEARD_WITHIN = Duration.ofSeconds(3).toNanos();
    private static final int MAX_WITH_ANSWERS = 4;

    private boolean hasHeard;
    private long heardAt;
    private boolean isGreeted;
    private long greetedAt;
    private long idle; // how long the listener has waited since then
    private int withAnswers;
    private boolean deaf;

    /// Whether nothing was heard for so long that a greeting is due.
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

    /// Records a notification that came while the listener waited.
    ///
    /// @return whether it had been deaf
    synchronized boolean heard(long now) {
        var wasDeaf = deaf;
        hasHeard = true;
        heardAt = now;
        forgetGreeting();
        withAnswers = 0;
        deaf = false;
        return wasDeaf;
    }

    /// Records a greeting that came with the answer to a statement.
    synchronized void heardWithAnswer() {
        if (isGreeted) withAnswers++;
        forgetGreeting();
    }

    /// Records that the listener waited and heard nothing.
    ///
    /// @return whether it must newly be taken for deaf
    synchronized boolean waited(long from, long to) {
        if (isGreeted) idle += Math.max(0, to - Math.max(from, greetedAt));
        return !deaf && (idle >= HEARD_WITHIN || withAnswers >= MAX_WITH_ANSWERS);
    }

    synchronized void beDeaf() {
        deaf = true;
    }

    synchronized boolean isDeaf() {
        return deaf;
    }

    /// Forgets the greeting that is awaited, for instance because another connection listens now.
    synchronized void forgetGreeting() {
        isGreeted = false;
        idle = 0;
    }
}
