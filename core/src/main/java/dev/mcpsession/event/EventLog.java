package dev.mcpsession.event;

import dev.mcpsession.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The one order of all events: two rings of numbered, encoded entries, and what is known about those that left them.
///
/// What is for everyone and what is addressed have a ring each, so that a flood for single sessions cannot push out what is
/// for everyone, and a reader's cursor into the first counts exactly what it has missed. Both draw their positions from one
/// sequence, by which readers merge them. One ring for both was rejected: a parked reader would be lapped by events that were
/// never for it, and would have to find out under the lock whether it lost anything.
///
/// Appending holds the log's monitor for a few steps and one for each addressee; readers hold nothing, save one that was lapped,
/// for a few steps. The position is published last: when a reader sees it, the entry is in its ring and every inbox has been
/// told.
final class EventLog {

    private final Ring everyone;
    private final Ring addressed;
    private final Losses losses;
    private final RecentSignals recent;
    private final LongSupplier nanoTime;
    private final Addressees addressees;
    private final KnownKeys keys;

    private Numbering numbering;
    private EventId recalled; // what stands up to here was told to the recent signals with its age
    private long messages;
    private volatile boolean closed;
    private volatile long position;

    EventLog(BroadcasterOptions options, Addressees addressees, EventId last, LongSupplier nanoTime) {
        everyone = new Ring(options.ringEntries(), options.ringBytes());
        addressed = new Ring(options.ringEntries(), options.ringBytes());
        losses = new Losses(options.signalKeys(), options.ringBytes());
        recent = new RecentSignals(options.signalKeys(), options.ringBytes());
        this.nanoTime = nanoTime;
        keys = new KnownKeys(2 * options.ringEntries());
        this.addressees = addressees;
        numbering = Numbering.after(last);
        recalled = last;
        if (last.sequence() > 0) recent.lapse(nanoTime.getAsLong()); // whatever was published before this log was opened
    }

    Ring everyone() {
        return everyone;
    }

    Ring addressed() {
        return addressed;
    }

    /// The newest position that has been told to everybody.
    long position() {
        return position;
    }

    synchronized void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    synchronized EventId lastId() {
        return numbering.idAt(position);
    }

    synchronized long retained() {
        return everyone.last() - everyone.evicted() + addressed.last() - addressed.evicted();
    }

    synchronized long retainedBytes() {
        return everyone.bytes() + addressed.bytes();
    }

    /// Numbers and appends an event.
    synchronized EventId append(Event event, EncodedEvent.Body body) {
        requireOpen();
        return append(numbering.idAt(position + 1), event, body);
    }

    /// The same, unless the key is known: then nothing is appended.
    synchronized Keyed append(String key, Event event, EncodedEvent.Body body) {
        requireOpen();
        var known = keys.get(key);
        if (known != null) return new Keyed(known, false);
        var id = append(event, body);
        keys.add(key, id);
        return new Keyed(id, true);
    }

    record Keyed(EventId id, boolean isNew) {}

    /// Appends an event that was numbered elsewhere; numbers may be left out, but never go back.
    synchronized EventId append(EventId id, Event event, EncodedEvent.Body body) {
        requireNext(id);
        var at = numbering.positionOf(id);
        var delivery = new Delivery.Next(id, event, body.at(id));
        var entry = event.audience() instanceof Audience.Everyone ? appendForEveryone(at, delivery) : appendForAddressees(at, delivery);
        if (Event.isSignal(event.method()) && !isRecalled(id)) recent.add(entry, nanoTime.getAsLong());
        position = at;
        return id;
    }

    private boolean isRecalled(EventId id) {
        return id.epoch().equals(recalled.epoch()) && id.sequence() <= recalled.sequence();
    }

    /// Remembers what was published before anything is appended, whether it is appended later or not.
    synchronized void recall(EventId upTo, Duration reach, List<LogFeed.Signal> signals) {
        requireOpen();
        if (position > 0) throw new IllegalArgumentException("what is recalled must come before all events: " + upTo);
        requireOfEpoch(upTo);
        signals.forEach(signal -> requireOfEpoch(signal.id()));
        var now = nanoTime.getAsLong();
        var known = reach.compareTo(RecentSignals.KEPT) < 0 ? reach : RecentSignals.KEPT;
        recent.lapse(now - known.toNanos());
        signals.stream().filter(signal -> signal.age().compareTo(known) < 0).forEach(signal ->
                recent.add(notification(signal), now - signal.age().toNanos()));
        recalled = upTo;
    }

    /// Stands in no ring, so it has no ordinal.
    private LogEntry.Notification notification(LogFeed.Signal signal) {
        var encoded = EncodedEvent.Body.of(signal.event()).at(signal.id());
        return new LogEntry.Notification(0, numbering.positionOf(signal.id()), 0, new Delivery.Next(signal.id(), signal.event(), encoded));
    }

    private void requireOfEpoch(EventId id) {
        if (!numbering.isOfEpoch(id)) {
            throw new IllegalArgumentException("event must be of epoch " + numbering.epoch() + ": " + id);
        }
    }

    private void requireNext(EventId id) {
        requireOpen();
        requireOfEpoch(id);
        if (numbering.positionOf(id) <= position) {
            throw new IllegalArgumentException("event must follow " + lastId() + ": " + id);
        }
    }

    private LogEntry.Notification appendForEveryone(long at, Delivery.Next delivery) {
        if (!Event.isSignal(delivery.event().method())) messages++;
        makeRoom(delivery.encoded().length());
        var entry = new LogEntry.Notification(everyone.last() + 1, at, messages, delivery);
        everyone.append(entry);
        return entry;
    }

    private LogEntry.Notification appendForAddressees(long at, Delivery.Next delivery) {
        while (addressed.mustEvictFor(delivery.encoded().length())) addressed.evictOldest();
        var entry = new LogEntry.Notification(addressed.last() + 1, at, addressed.last() + 1, delivery);
        addressed.append(entry);
        addressees.of(delivery.event().audience()).forEach(reader -> {
            if (reader.filter().wants(delivery.event())) reader.inbox().add(entry.ordinal(), at);
        });
        return entry;
    }

    private void makeRoom(int bytes) {
        while (everyone.mustEvictFor(bytes)) losses.add(everyone.evictOldest());
    }

    /// Begins a new epoch whose last event so far has this id.
    synchronized void reset(EventId last) {
        requireOpen();
        makeRoom(0);
        messages++;
        everyone.append(new LogEntry.NewEpoch(everyone.last() + 1, position + 1, messages));
        recent.lapse(nanoTime.getAsLong());
        numbering = Numbering.from(position + 1, last);
        position = numbering.start();
    }

    /// Lets the reader of a session go on up to here and not beyond.
    synchronized void end(SessionId session, Delivery.Cause cause) {
        addressees.of(session).forEach(reader -> end(reader, cause));
    }

    /// Lets all readers of an owner go on up to here and not beyond.
    synchronized void end(Audience.SessionsOf owner) {
        requireOpen();
        addressees.of(owner).forEach(reader ->
                end(reader, reader.filter().session().isPresent() ? Delivery.Cause.SESSION_ENDED : Delivery.Cause.OWNER_ENDED));
    }

    /// The same at a position of its own, numbered elsewhere, at which nothing stands for clients.
    synchronized void end(EventId id, Audience.SessionsOf owner) {
        pass(id);
        end(owner);
    }

    private void end(StripedSubscription reader, Delivery.Cause cause) {
        reader.endAfter(position, everyone.last(), cause);
        addressees.remove(reader);
    }

    /// Goes on to a number at which nothing stands for clients.
    synchronized void pass(EventId id) {
        requireNext(id);
        position = numbering.positionOf(id);
    }

    /// Lets the reader of a session see the updates of a resource from here on, or no more.
    synchronized void setWatched(SessionId session, String uri, boolean isWatched) {
        addressees.of(session).forEach(reader -> {
            var resources = new HashSet<>(reader.filter().resources().orElseThrow());
            if (isWatched ? resources.add(uri) : resources.remove(uri)) {
                addressees.change(reader, reader.filter().withResources(resources));
            }
        });
    }

    /// The same at a position of its own, numbered elsewhere, at which nothing stands for clients.
    synchronized void setWatched(EventId id, SessionId session, String uri, boolean isWatched) {
        pass(id);
        setWatched(session, uri, isWatched);
    }

    private void requireOpen() {
        if (closed) throw new BroadcasterClosedException();
    }

    /// Places a reader at a take-over that was numbered elsewhere, or behind an earlier position; the older reader ends here.
    ///
    /// @param after null if the reader has seen nothing yet
    /// @return where the reader stands once it has taken what is there
    synchronized EventId takeOver(EventId id, StripedSubscription reader, EventId after) {
        pass(id);
        return after == null ? placeAtEnd(reader) : placeAfter(reader, after);
    }

    /// Places a reader behind the newest event.
    ///
    /// @return where that is
    synchronized EventId placeAtEnd(StripedSubscription reader) {
        reader.place(everyone.last(), messages);
        addressees.add(reader, position, everyone.last());
        return lastId();
    }

    /// The same, and has it deliver first what it wants of the signals of the last five minutes. If those are not known, it is
    /// told a loss.
    synchronized void placeAtEndAfterRecent(StripedSubscription reader) {
        var wanted = recent.wantedBy(reader.filter(), nanoTime.getAsLong());
        if (!wanted.isComplete()) reader.inboxForResuming().lose(1);
        if (!wanted.signals().isEmpty()) reader.inboxForResuming().heal(wanted.signals());
        placeAtEnd(reader);
    }

    /// Places a reader behind a position. What is gone is told: events of another epoch, or older than the ring.
    ///
    /// @return the same position, or that of the newest event if something is gone
    synchronized EventId placeAfter(StripedSubscription reader, EventId id) {
        var inbox = reader.inboxForResuming();
        var after = numbering.positionOf(id);
        if (!isKnown(id)) {
            after = Math.max(0, numbering.start() - 1); // the entry that begins the epoch tells the reader
            if (numbering.start() == 0) inbox.lose(1);
        }
        placeAmongEveryone(reader, after);
        if (reader.filter().isAddressable()) placeAmongAddressed(reader, after);
        addressees.add(reader, position, everyone.last());
        return isKept(id) ? id : lastId();
    }

    private boolean isKept(EventId id) {
        var at = numbering.positionOf(id);
        return isKnown(id) && at >= everyone.evictedPosition() && at >= addressed.evictedPosition();
    }

    private boolean isKnown(EventId id) {
        return numbering.isOfEpoch(id) && numbering.start() <= numbering.positionOf(id) && numbering.positionOf(id) <= position;
    }

    /// Whether all that followed is still there, and will be until a reader comes to it: it is in the newer half of each ring.
    synchronized boolean remembers(EventId id) {
        var at = numbering.positionOf(id);
        return isKnown(id) && at >= everyone.fadingPosition() && at >= addressed.fadingPosition();
    }

    /// Whether what is gone was for this reader is not known any more: at the most all was.
    private void placeAmongAddressed(StripedSubscription reader, long after) {
        var inbox = reader.inbox();
        if (after < addressed.evictedPosition()) {
            inbox.lose(Math.min(addressed.evictedPosition() - after, addressed.evicted()));
        }
        for (var ordinal = addressed.ordinalAt(after) + 1; ordinal <= addressed.last(); ordinal++) {
            var entry = addressedAt(ordinal);
            if (reader.filter().wants(entry.event())) inbox.add(ordinal, entry.position());
        }
    }

    private LogEntry.Notification addressedAt(long ordinal) {
        return (LogEntry.Notification) addressed.at(ordinal);
    }

    private void placeAmongEveryone(StripedSubscription reader, long after) {
        if (after >= everyone.evictedPosition()) {
            var cursor = everyone.ordinalAt(after);
            reader.place(cursor, cursor == everyone.evicted() ? losses.messages() : everyone.at(cursor).messages());
        } else { // how many of the lost were for everyone is not known any more: at the most all
            var atMost = Math.min(everyone.evictedPosition() - after, everyone.evicted());
            var cursor = Math.max(everyone.evicted() - atMost, losses.ordinalAt(after));
            reader.place(cursor, Math.max(0, losses.messages() - (everyone.evicted() - cursor)));
        }
    }

    /// Where a reader goes on whose next entry is gone.
    synchronized Lap lap(EventFilter filter, long cursor, int messagesSeen) {
        var to = everyone.evicted();
        var messages = losses.messagesFor(filter, cursor, (int) losses.messages() - messagesSeen);
        return new Lap(to, losses.messages(), to - cursor, messages, losses.concern(filter, cursor),
                losses.newestSignals(), losses.healingBegins(cursor));
    }

    /// The newest of every signal before a new epoch, whether it has left the ring or not.
    synchronized List<LogEntry.Notification> newestSignalsBefore(LogEntry.NewEpoch epochStart, EventFilter filter) {
        var newest = new LinkedHashMap<String, LogEntry.Notification>();
        losses.newestSignals().stream() // later ones, should the start itself be gone by now, come with what is lost then
                .filter(entry -> entry.ordinal() < epochStart.ordinal() && filter.wants(entry.event()))
                .forEach(entry -> putLast(newest, entry));
        for (var ordinal = everyone.evicted() + 1; ordinal < epochStart.ordinal(); ordinal++) {
            if (everyone.at(ordinal) instanceof LogEntry.Notification entry && filter.wants(entry.event())) {
                putLast(newest, entry);
            }
        }
        return new ArrayList<>(newest.values());
    }

    private static void putLast(Map<String, LogEntry.Notification> newest, LogEntry.Notification entry) {
        entry.event().signalKey().ifPresent(key -> {
            newest.remove(key);
            newest.put(key, entry);
        });
    }
}
