package dev.mcpsession.broadcast;

import dev.mcpsession.event.Audience;
import dev.mcpsession.event.EventFilter;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The newest of every signal of the last five minutes: what heals a reader that cannot say where it stopped, such as a
/// `subscriptions/listen` after another. Nobody is remembered for it. Guarded by the log's lock; bounded in keys and bytes.
///
/// Signals for a single session are not kept: a session says where it stopped. Keys that are too many to be kept are known by
/// their hashes for a while, so that only readers that wanted one of them see a loss.
final class RecentSignals {

    static final Duration KEPT = Duration.ofMinutes(5);

    private static final Comparator<LogEntry.Notification> IN_ORDER = Comparator.comparingLong(LogEntry::position);

    private final int maxKeys;
    private final long maxBytes;
    private final LinkedHashMap<SignalKey, Kept> newest = new LinkedHashMap<>(); // in the order in which they were published
    private final LastSeen<Lapse> forgotten;
    private long bytes;
    private boolean isUnknown; // until a moment, whatever it was
    private long unknownUntil;
    private Lapse forgottenUpdate = Lapse.NONE;
    private Lapse forgottenOther = Lapse.NONE;

    private record Kept(LogEntry.Notification entry, long at) {

        boolean isOlderThan(Duration age, long now) {
            return now - at >= age.toNanos();
        }
    }

    /// Until when it is not known what was published.
    private record Lapse(boolean ever, long at) {

        static final Lapse NONE = new Lapse(false, 0);

        boolean isWithin(Duration age, long now) {
            return ever && now - at < age.toNanos();
        }

        Lapse orLater(Lapse other) {
            return !ever || other.ever && other.at - at > 0 ? other : this;
        }
    }

    /// What a reader gets first.
    ///
    /// @param signals    in order
    /// @param isComplete whether that is all; if not, it may be anything that the reader asks for
    record Recent(List<LogEntry.Notification> signals, boolean isComplete) {}

    RecentSignals(int maxKeys, long maxBytes) {
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
        forgotten = new LastSeen<>(EvictedEvents.HASHES_PER_KEY * maxKeys);
    }

    /// Remembers an entry if it is a signal.
    ///
    /// @param now the moment in nanoseconds, by a clock that does not go back
    void add(LogEntry.Notification entry, long now) {
        if (!entry.heading().isSignal() || entry.heading().audience() instanceof Audience.OneSession) return;
        var replaced = newest.putLast(SignalKey.of(entry.heading()), new Kept(entry, now));
        bytes += entry.bytes() - (replaced == null ? 0 : replaced.entry.bytes());
        forgetOldest(now);
    }

    private void forgetOldest(long now) {
        for (var oldest = newest.firstEntry(); oldest != null; oldest = newest.firstEntry()) {
            var kept = oldest.getValue();
            var isOver = kept.isOlderThan(KEPT, now);
            if (!isOver && newest.size() <= maxKeys && bytes <= maxBytes) return;
            if (!isOver) forget(oldest.getKey(), new Lapse(true, kept.at));
            newest.pollFirstEntry();
            bytes -= kept.entry.bytes();
        }
    }

    private void forget(SignalKey key, Lapse lapse) {
        forgotten.add(LastSeen.hash(key), lapse);
        if (key.key() != null) forgottenUpdate = forgottenUpdate.orLater(lapse);
        else forgottenOther = forgottenOther.orLater(lapse);
    }

    /// Says that signals may have been published until a moment that were never here. What was said of a later moment stands.
    /// Allocates nothing, so it can be said where memory is exhausted.
    void lapse(long until) {
        if (!isUnknown || until - unknownUntil > 0) unknownUntil = until;
        isUnknown = true;
    }

    /// Says that all signals are known that were published since a moment, whatever was said before.
    void knownSince(long moment) {
        isUnknown = true;
        unknownUntil = moment;
    }

    /// What a reader that wants this has to be told of the last five minutes.
    Recent wantedBy(EventFilter filter, long now) {
        var isLapsed = isUnknown && now - unknownUntil < KEPT.toNanos();
        if (isLapsed || isForgotten(filter, now)) return new Recent(List.of(), false);
        var wanted = candidates(filter).filter(kept -> !kept.isOlderThan(KEPT, now)).map(Kept::entry)
                .filter(entry -> filter.wants(entry.heading())).sorted(IN_ORDER).toList();
        return new Recent(wanted, true);
    }

    private boolean isForgotten(EventFilter filter, long now) {
        if (namesAll(filter)) return named(filter).anyMatch(key -> isForgotten(key, now));
        var asksForUpdates = filter.namedTopics().map(keys -> !keys.isEmpty()).orElse(true);
        return forgottenOther.isWithin(KEPT, now) || asksForUpdates && forgottenUpdate.isWithin(KEPT, now);
    }

    private boolean isForgotten(SignalKey key, long now) {
        var lapse = newest.containsKey(key) ? null : forgotten.of(LastSeen.hash(key));
        return lapse != null && lapse.isWithin(KEPT, now);
    }

    /// The newest of this signal; empty if it was forgotten.
    Optional<LogEntry.Notification> newest(SignalKey key) {
        return Optional.ofNullable(newest.get(key)).map(Kept::entry);
    }

    /// A reader that names what it wants is not made to look at all there is.
    private Stream<Kept> candidates(EventFilter filter) {
        return namesAll(filter) ? named(filter).map(newest::get).filter(Objects::nonNull) : newest.values().stream();
    }

    private static boolean namesAll(EventFilter filter) {
        return filter.namedMethods().isPresent() && filter.namedTopics().isPresent();
    }

    private static Stream<SignalKey> named(EventFilter filter) {
        return audiences(filter).flatMap(audience -> Stream.concat(
                filter.namedMethods().orElseThrow().stream().map(method -> new SignalKey(audience, method, null)),
                filter.namedTopics().orElseThrow().stream().map(key -> SignalKey.of(audience, key))));
    }

    private static Stream<Audience> audiences(EventFilter filter) {
        var everyone = Stream.<Audience>of(new Audience.Everyone());
        return filter.owner().isAnonymous() ? everyone : Stream.concat(everyone, Stream.of(new Audience.SessionsOf(filter.owner())));
    }
}
