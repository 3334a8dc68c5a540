package dev.mcpsession.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The newest of every signal of the last five minutes: what heals a reader that cannot say where it stopped, such as a
/// `subscriptions/listen` after another. Nobody is remembered for it. Guarded by the log's lock; bounded in keys and bytes.
///
/// A signal for the sessions of one owner is another one than the same signal for everyone. Those for a single session are not
/// kept: a session says where it stopped.
final class RecentSignals {

    static final Duration KEPT = Duration.ofMinutes(5);

    private static final Comparator<LogEntry.Notification> IN_ORDER = Comparator.comparingLong(LogEntry::position);

    private final int maxKeys;
    private final long maxBytes;
    private final Map<Key, Kept> newest = new LinkedHashMap<>(); // in the order in which they were published
    private long bytes;
    private Lapse update = Lapse.NONE;
    private Lapse other = Lapse.NONE;

    private record Key(Audience audience, String signal) {}

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
    }

    /// What a reader gets first.
    ///
    /// @param signals    in order
    /// @param isComplete whether that is all; if not, it may be anything that the reader asks for
    record Recent(List<LogEntry.Notification> signals, boolean isComplete) {}

    RecentSignals(int maxKeys, long maxBytes) {
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
    }

    /// Remembers an entry if it is a signal.
    ///
    /// @param now the moment in nanoseconds, by a clock that does not go back
    void add(LogEntry.Notification entry, long now) {
        if (entry.event().audience() instanceof Audience.OneSession) return;
        entry.event().signalKey().ifPresent(signal -> add(new Key(entry.event().audience(), signal), new Kept(entry, now)));
    }

    private void add(Key key, Kept kept) {
        var replaced = newest.remove(key); // so that the map stays in order
        if (replaced != null) bytes -= replaced.entry.bytes();
        newest.put(key, kept);
        bytes += kept.entry.bytes();
        forgetOldest(kept.at);
    }

    private void forgetOldest(long now) {
        for (var oldest = newest.values().iterator(); oldest.hasNext(); ) {
            var kept = oldest.next();
            var isOver = kept.isOlderThan(KEPT, now);
            if (!isOver && newest.size() <= maxKeys && bytes <= maxBytes) return;
            oldest.remove();
            bytes -= kept.entry.bytes();
            if (!isOver) lapse(kept);
        }
    }

    private void lapse(Kept forgotten) {
        var lapse = new Lapse(true, forgotten.at);
        if (forgotten.entry.event().isResourceUpdate()) update = lapse;
        else other = lapse;
    }

    /// Says that signals may have been published until a moment that were never here. An earlier lapse is replaced.
    void lapse(long until) {
        update = other = new Lapse(true, until);
    }

    /// What a reader that wants this has to be told of the last five minutes.
    Recent wantedBy(EventFilter filter, long now) {
        var asksForUpdates = filter.resources().map(uris -> !uris.isEmpty()).orElse(true);
        if (other.isWithin(KEPT, now) || asksForUpdates && update.isWithin(KEPT, now)) return new Recent(List.of(), false);
        var wanted = candidates(filter).stream().filter(kept -> !kept.isOlderThan(KEPT, now)).map(Kept::entry)
                .filter(entry -> filter.wants(entry.event())).sorted(IN_ORDER).toList();
        return new Recent(wanted, true);
    }

    /// A reader that names what it wants is not made to look at all there is.
    private Collection<Kept> candidates(EventFilter filter) {
        if (filter.methods().isEmpty() || filter.resources().isEmpty()) return newest.values();
        var found = new ArrayList<Kept>();
        for (var signal : Stream.concat(filter.methods().get().stream(), filter.resources().get().stream().map(Event::updateKey)).toList()) {
            audiences(filter).map(audience -> newest.get(new Key(audience, signal))).filter(kept -> kept != null).forEach(found::add);
        }
        return found;
    }

    private static Stream<Audience> audiences(EventFilter filter) {
        var everyone = Stream.<Audience>of(new Audience.Everyone());
        return filter.owner().isAnonymous() ? everyone : Stream.concat(everyone, Stream.of(new Audience.SessionsOf(filter.owner())));
    }
}
