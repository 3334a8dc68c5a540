package dev.mcpsession.broadcast;

import dev.mcpsession.event.Audience;
import dev.mcpsession.event.EventFilter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The newest of each signal of the last five minutes. They heal a reader that has no position to resume from, such as a
/// `subscriptions/listen` that follows another; no state per reader is needed. Guarded by the broadcaster's lock, except for [#select];
/// bounded in keys and bytes.
///
/// Signals for a single session are not kept, because a session has a position. Keys that are forgotten because there are too many are
/// known by their hashes for a while, so that only readers that wanted one of them see a loss.
final class RecentSignals {

    static final Duration KEPT = Duration.ofMinutes(5);

    private final SignalTable signals;
    private final LastSeen<Lapse> forgotten;
    private boolean isUnknown; // whether there is a moment before which the signals are unknown
    private long unknownUntil;
    private Lapse forgottenUpdate = Lapse.NONE;
    private Lapse forgottenOther = Lapse.NONE;

    /// The moment until which the published signals are unknown, if there is one.
    private record Lapse(boolean ever, long at) {

        static final Lapse NONE = new Lapse(false, 0);

        boolean isRecentAt(long now) {
            return ever && isRecent(at, now);
        }

        Lapse orLater(Lapse other) {
            return !ever || other.ever && other.at - at > 0 ? other : this;
        }
    }

    RecentSignals(int maxKeys, long maxBytes) {
        signals = new SignalTable(maxKeys, maxBytes, this::forget);
        forgotten = new LastSeen<>(EvictedEvents.HASHES_PER_KEY * maxKeys);
    }

    private static boolean isRecent(long at, long now) {
        return now - at < KEPT.toNanos();
    }

    /// Adds an entry if it is a signal, unless it is for a single session.
    void add(LogEntry.Notification entry) {
        if (!entry.heading().isSignal() || entry.heading().audience() instanceof Audience.OneSession) return;
        while (signals.oldest() != null && !isRecent(signals.oldest().publishedAt(), entry.publishedAt())) signals.removeOldest();
        signals.add(entry);
    }

    private void forget(LogEntry.Notification oldest) {
        var lapse = new Lapse(true, oldest.publishedAt());
        forgotten.add(LastSeen.hash(SignalKey.of(oldest.heading())), lapse);
        if (oldest.heading().isOfTopic()) forgottenUpdate = forgottenUpdate.orLater(lapse);
        else forgottenOther = forgottenOther.orLater(lapse);
    }

    /// Records that unknown signals may have been published until a moment. Does not shorten an earlier record. Allocates nothing, so
    /// that it works when memory is exhausted.
    void lapse(long until) {
        if (!isUnknown || until - unknownUntil > 0) unknownUntil = until;
        isUnknown = true;
    }

    /// Records that all signals published since a moment are known, whatever was recorded before.
    void knownSince(long moment) {
        isUnknown = true;
        unknownUntil = moment;
    }

    /// Whether all recent signals that a reader wants are here.
    boolean isComplete(EventFilter filter, long now) {
        if (isUnknown && isRecent(unknownUntil, now)) return false;
        if (filter instanceof EventFilter.Selection selection) return named(selection).noneMatch(key -> isForgotten(key, now));
        var wantsUpdates = filter.namedTopics().map(keys -> !keys.isEmpty()).orElse(true);
        return !forgottenOther.isRecentAt(now) && !(wantsUpdates && forgottenUpdate.isRecentAt(now));
    }

    private boolean isForgotten(SignalKey key, long now) {
        var lapse = signals.get(key) == null ? forgotten.of(LastSeen.hash(key)) : null;
        return lapse != null && lapse.isRecentAt(now);
    }

    private static Stream<SignalKey> named(EventFilter.Selection filter) {
        return Stream.concat(Stream.of(new Audience.Everyone()), filter.audiences()).flatMap(audience -> Stream.concat(
                filter.methods().stream().map(method -> new SignalKey(audience, method, null)),
                filter.topics().stream().map(key -> SignalKey.of(audience, key))));
    }

    /// The number of signals forgotten since the start.
    long forgotten() {
        return signals.forgotten();
    }

    /// The recent signals that a reader wants, up to a position, in order, found without the lock.
    List<LogEntry.Notification> select(EventFilter filter, long upTo, long now) {
        return signals.select(entry ->
                entry.position() <= upTo && isRecent(entry.publishedAt(), now) && filter.wants(entry.heading()));
    }

    /// The newest signal with this key; null if it was forgotten.
    LogEntry.Notification newest(SignalKey key) {
        return signals.get(key);
    }
}
