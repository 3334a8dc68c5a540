package dev.mcpsession.broadcast;

import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;

/// The one order of all events: two rings of numbered, encoded entries, and what is known about those that left them. It knows no
/// readers.
///
/// Guarded by the broadcaster's lock, except where stated otherwise. Readers read the rings without it.
final class EventLog {

    // Broadcast and addressed events have a ring each, so that a flood for single sessions cannot evict broadcast events, and a
    // reader's cursor into the first ring counts exactly what it has missed. Both draw their positions from one sequence, by which
    // readers merge them. One ring for both was rejected: a parked reader would be overrun by events that were never for it, and
    // would have to check under the lock whether it lost anything.
    //
    // An append is all or nothing: whatever may fail comes first, and nothing fails once an entry is in its ring. The position is
    // published last: when a reader sees it, the entry is in its ring and in every inbox.
    private final Ring everyone;
    private final Ring addressed;
    private final EvictedEvents evicted;
    private final RecentSignals recent;
    private final Map<String, EventId> keys; // the newest idempotency keys, and the ids of their events
    private final LongSupplier nanoTime;
    private Numbering numbering;
    private EventId last; // kept, so that readers that begin at one position share its id
    private EventId recalled; // the recent signals up to here are known with their age
    private long messages;
    private volatile boolean closed;
    private volatile long position;

    /// @param last     the event before the first one
    /// @param onForget receives each thing whose newest signal is forgotten, with the signal's ordinal
    EventLog(BroadcasterOptions options, EventId last, LongSupplier nanoTime, ObjLongConsumer<Topic.Key> onForget) {
        everyone = new Ring(options.ringEntries(), options.ringBytes());
        addressed = new Ring(options.ringEntries(), options.ringBytes());
        evicted = new EvictedEvents(options.signalKeys(), options.ringBytes(), onForget);
        recent = new RecentSignals(options.signalKeys(), options.ringBytes());
        keys = new BoundedMap<>(2 * options.ringEntries());
        this.nanoTime = nanoTime;
        numbering = Numbering.after(last);
        this.last = last;
        recalled = last;
        if (last.sequence() > 0) recent.lapse(nanoTime.getAsLong()); // whatever was published before this log was opened
    }

    /// The ring of broadcast events, read without the lock.
    Ring everyone() {
        return everyone;
    }

    /// The ring of addressed events, read without the lock.
    Ring addressed() {
        return addressed;
    }

    EvictedEvents evicted() {
        return evicted;
    }

    Numbering numbering() {
        return numbering;
    }

    /// The number of broadcast messages.
    long messages() {
        return messages;
    }

    /// The moment by the log's clock, in nanoseconds.
    long now() {
        return nanoTime.getAsLong();
    }

    RecentSignals recent() {
        return recent;
    }

    /// The newest position that readers may reach, read without the lock.
    long position() {
        return position;
    }

    void close() {
        closed = true;
    }

    /// Read without the lock.
    boolean isClosed() {
        return closed;
    }

    EventId lastId() {
        return last;
    }

    EventId nextId() {
        requireOpen();
        return numbering.now().idAt(position + 1);
    }

    Map<String, EventId> keys() {
        return keys;
    }

    long retained() {
        return everyone.last() - everyone.evicted() + addressed.last() - addressed.evicted();
    }

    long retainedBytes() {
        return everyone.bytes() + addressed.bytes();
    }

    /// Puts an event into its ring. Nothing may fail from here to [#advance], which makes it visible to readers.
    ///
    /// @param id the next id, or one that passed [#requireNext]
    LogEntry.Notification add(EventId id, EventFrame frame) {
        var now = now();
        var at = numbering.now().positionOf(id);
        var delivery = new Delivery.Next(id, frame.withId(id));
        return frame.heading().isForEveryone() ? addForEveryone(at, now, delivery) : addForAddressees(at, now, delivery);
    }

    private LogEntry.Notification addForEveryone(long at, long now, Delivery.Next delivery) {
        var count = delivery.frame().heading().isSignal() ? messages : messages + 1;
        var entry = new LogEntry.Notification(everyone.last() + 1, at, count, now, delivery);
        makeRoom(entry.bytes());
        messages = count;
        everyone.append(entry);
        return entry;
    }

    /// An entry is recorded before it leaves the ring: if that fails, it is still there.
    private void makeRoom(int bytes) {
        while (everyone.mustEvictFor(bytes)) {
            evicted.add(everyone.oldest());
            everyone.evictOldest();
        }
    }

    private LogEntry.Notification addForAddressees(long at, long now, Delivery.Next delivery) {
        var ordinal = addressed.last() + 1;
        var entry = new LogEntry.Notification(ordinal, at, ordinal, now, delivery);
        while (addressed.mustEvictFor(entry.bytes())) {
            evicted.addMail((LogEntry.Notification) addressed.oldest());
            addressed.evictOldest();
        }
        addressed.append(entry);
        return entry;
    }

    /// Makes an event visible to readers. Never fails: a signal that cannot be remembered is recorded as a lapse.
    void advance(LogEntry.Notification entry) {
        last = entry.delivery().id();
        position = entry.position();
        if (last.sequence() <= recalled.sequence() && last.epoch().equals(recalled.epoch())) return;
        try {
            recent.add(entry);
        } catch (RuntimeException | Error _) {
            recent.lapse(entry.publishedAt());
        }
    }

    /// Moves to a number that holds nothing for clients.
    ///
    /// @param id passed [#requireNext]
    void pass(EventId id) {
        last = id;
        position = numbering.now().positionOf(id);
    }

    /// Moves to a number that holds nothing for clients; those before it were never used, or are not any more.
    void skipTo(EventId id) {
        requireNext(id);
        numbering = numbering.continuedAt(id, position);
        last = id;
        position = numbering.now().start();
    }

    /// @throws IllegalArgumentException if an id is of another epoch, or does not follow the last one
    void requireNext(EventId id) {
        requireOpen();
        requireOfEpoch(id);
        if (numbering.now().positionOf(id) <= position) {
            throw new IllegalArgumentException("event must follow " + last + ": " + id);
        }
    }

    private void requireOfEpoch(EventId id) {
        if (!numbering.now().isOf(id)) {
            throw new IllegalArgumentException("event must be of epoch " + numbering.now().name() + ": " + id);
        }
    }

    void requireOpen() {
        if (closed) throw new BroadcasterClosedException();
    }

    /// Remembers signals that were published before this log was opened, whether they are appended later or not.
    void recall(EventId upTo, Duration reach, List<PastSignal> signals) {
        requireOpen();
        if (position > 0) throw new IllegalArgumentException("what is recalled must come before all events: " + upTo);
        requireOfEpoch(upTo);
        signals.forEach(signal -> requireOfEpoch(signal.id()));
        var now = now();
        var known = reach.compareTo(RecentSignals.KEPT) < 0 ? reach : RecentSignals.KEPT;
        signals.stream().filter(signal -> signal.age().compareTo(known) < 0).forEach(signal -> recent.add(notification(signal, now)));
        recent.knownSince(now - known.toNanos());
        recalled = upTo;
    }

    /// Has no ordinal, because it is in no ring.
    private LogEntry.Notification notification(PastSignal signal, long now) {
        var delivery = new Delivery.Next(signal.id(), EventFrame.of(signal.event()).withId(signal.id()));
        return new LogEntry.Notification(0, numbering.now().positionOf(signal.id()), 0, now - signal.age().toNanos(), delivery);
    }

    /// Begins a new epoch whose last event so far has this id. It may be the current epoch, if events of it are lost.
    void reset(EventId lastOfEpoch) {
        requireOpen();
        if (numbering.now().isOf(lastOfEpoch) && numbering.now().positionOf(lastOfEpoch) < position) {
            throw new IllegalArgumentException("epoch must not go back behind " + last + ": " + lastOfEpoch);
        }
        var now = now();
        var next = numbering.followedBy(position, lastOfEpoch);
        var entry = new LogEntry.NewEpoch(everyone.last() + 1, position + 1, messages + 1);
        makeRoom(entry.bytes());
        messages++;
        everyone.append(entry);
        recent.lapse(now);
        numbering = next;
        last = lastOfEpoch;
        position = next.now().start();
    }

    /// Computes the loss of a reader whose next entry is gone, and where it continues.
    ///
    /// @param forgotten the ordinal of the newest forgotten signal that it named
    EvictedEvents.Overrun overrun(EventFilter filter, long forgotten, long cursor, int messagesSeen) {
        var to = everyone.evicted();
        var seen = new EvictedEvents.Place(cursor, 0);
        return evicted.overrun(filter, seen, forgotten > cursor, to - cursor, (int) evicted.messages() - messagesSeen, to);
    }

    /// Whether all later events are kept, and will be until a reader gets to them: they are in the newer half of each ring.
    boolean remembers(EventId id) {
        var at = numbering.positionOf(id, position);
        return at.isPresent() && numbering.continues(id)
                && at.getAsLong() >= Math.max(everyone.fadingPosition(), addressed.fadingPosition());
    }

    /// Looks up a signal that heals a reader: it has left the ring, is still there, or is a recent one.
    Healing.Found find(Healing.Signal signal) {
        var inRing = everyone.at(everyone.ordinalAt(signal.position())) instanceof LogEntry.Notification entry ? entry : null;
        var found = Stream.of(evicted.newest(signal.key()), inRing, recent.newest(signal.key())).filter(Objects::nonNull).toList();
        for (var entry : found) if (entry.position() == signal.position()) return new Healing.Found(entry, false);
        return new Healing.Found(null, found.stream().noneMatch(entry -> entry.position() > signal.position()));
    }
}
