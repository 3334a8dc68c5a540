package dev.mcpsession.broadcast;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongSupplier;

/// The one order of all events: two rings of numbered, encoded entries, and what is known about those that left them.
///
/// What is for everyone and what is addressed have a ring each, so that a flood for single sessions cannot push out what is
/// for everyone, and a reader's cursor into the first counts exactly what it has missed. Both draw their positions from one
/// sequence, by which readers merge them. One ring for both was rejected: a parked reader would be lapped by events that were
/// never for it, and would have to find out under the lock whether it lost anything.
///
/// Appending holds the log's monitor for a few steps and one for each addressee, and copies no frame; readers hold nothing, save
/// one that was lapped, for a few steps. An append is all or nothing: whatever may fail is done first, and from the moment at
/// which an entry is in its ring nothing does. The position is published last: when a reader sees it, the entry is in its ring
/// and every inbox has been told.
final class EventLog {

    private final Retained retained;
    private final Ring everyone;
    private final Ring addressed;
    private final RecentSignals recent;
    private final LongSupplier nanoTime;
    private final SubscriptionIndex addressees;
    private final IdempotencyKeys keys;

    private Numberings numberings;
    private EventId recalled; // what stands up to here was told to the recent signals with its age
    private long messages;
    private volatile boolean closed;
    private volatile long position;

    EventLog(BroadcasterOptions options, SubscriptionIndex addressees, EventId last, LongSupplier nanoTime) {
        retained = new Retained(options, addressees);
        everyone = retained.everyone();
        addressed = retained.addressed();
        recent = new RecentSignals(options.signalKeys(), options.ringBytes());
        this.nanoTime = nanoTime;
        keys = new IdempotencyKeys(2 * options.ringEntries());
        this.addressees = addressees;
        numberings = Numberings.after(last);
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
        return numberings.now().idAt(position);
    }

    synchronized long retained() {
        return retained.entries();
    }

    synchronized long retainedBytes() {
        return retained.bytes();
    }

    /// Numbers and appends an event.
    synchronized EventId append(EventFrame body) {
        requireOpen();
        return append(numberings.now().idAt(position + 1), body);
    }

    /// The same, unless the key is known: then nothing is appended.
    synchronized Keyed append(String key, EventFrame body) {
        requireOpen();
        var known = keys.get(key);
        if (known != null) return new Keyed(known, false);
        var keyed = new Keyed(numberings.now().idAt(position + 1), true);
        try {
            keys.add(key, keyed.id());
            append(keyed.id(), body);
        } catch (RuntimeException | Error e) {
            keys.remove(key); // or a second try would get the id of an event that does not exist
            throw e;
        }
        return keyed;
    }

    record Keyed(EventId id, boolean isNew) {}

    /// Appends an event that was numbered elsewhere; numbers may be left out, but never go back.
    synchronized EventId append(EventId id, EventFrame body) {
        requireNext(id);
        var now = nanoTime.getAsLong();
        var at = numberings.now().positionOf(id);
        var delivery = new Delivery.Next(id, body.withId(id));
        var entry = body.heading().isForEveryone() ? appendForEveryone(at, delivery) : appendForAddressees(at, delivery);
        position = at;
        remember(entry, now);
        return id;
    }

    private LogEntry.Notification appendForEveryone(long at, Delivery.Next delivery) {
        var count = delivery.encoded().heading().isSignal() ? messages : messages + 1;
        var entry = new LogEntry.Notification(everyone.last() + 1, at, count, delivery);
        retained.makeRoom(entry.bytes());
        messages = count;
        everyone.append(entry);
        return entry;
    }

    private LogEntry.Notification appendForAddressees(long at, Delivery.Next delivery) {
        var entry = new LogEntry.Notification(addressed.last() + 1, at, addressed.last() + 1, delivery);
        retained.makeRoomForMail(entry.bytes());
        var inboxes = new ArrayList<Inbox>();
        for (var reader : addressees.of(entry.heading().audience())) {
            if (reader.filter().wants(entry.heading())) inboxes.add(reader.inbox());
        }
        inboxes.forEach(Inbox::makeRoom);
        addressed.append(entry);
        for (var n = 0; n < inboxes.size(); n++) inboxes.get(n).add(entry.ordinal(), at);
        return entry;
    }

    /// Never throws, since the event is published. A signal that cannot be remembered is reported as a lapse.
    private void remember(LogEntry.Notification entry, long now) {
        if (!entry.heading().isSignal() || isRecalled(entry.delivery().id())) return;
        try {
            recent.add(entry, now);
        } catch (RuntimeException | Error _) {
            recent.lapse(now);
        }
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
        signals.stream().filter(signal -> signal.age().compareTo(known) < 0).forEach(signal ->
                recent.add(notification(signal), now - signal.age().toNanos()));
        recent.knownSince(now - known.toNanos());
        recalled = upTo;
    }

    /// Stands in no ring, so it has no ordinal.
    private LogEntry.Notification notification(LogFeed.Signal signal) {
        var encoded = EventFrame.of(signal.event()).withId(signal.id());
        return new LogEntry.Notification(0, numberings.now().positionOf(signal.id()), 0, new Delivery.Next(signal.id(), encoded));
    }

    private void requireOfEpoch(EventId id) {
        if (!numberings.now().isOfEpoch(id)) {
            throw new IllegalArgumentException("event must be of epoch " + numberings.now().epoch() + ": " + id);
        }
    }

    /// Begins a new epoch whose last event so far has this id. It may be the same epoch, where events of it are lost.
    synchronized void reset(EventId last) {
        requireOpen();
        if (numberings.now().isOfEpoch(last) && numberings.now().positionOf(last) < position) {
            throw new IllegalArgumentException("epoch must not go back behind " + lastId() + ": " + last);
        }
        var now = nanoTime.getAsLong();
        var next = numberings.followedBy(position, last);
        var entry = new LogEntry.NewEpoch(everyone.last() + 1, position + 1, messages + 1);
        retained.makeRoom(entry.bytes());
        messages++;
        everyone.append(entry);
        recent.lapse(now);
        numberings = next;
        position = next.now().start();
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
        requireNext(id);
        end(owner);
        pass(id);
    }

    private void end(Reader reader, Delivery.Cause cause) {
        reader.endAfter(position, everyone.last(), cause);
        addressees.remove(reader);
    }

    /// Goes on to a number at which nothing stands for clients. Whatever it does to readers is done before: if that fails, the
    /// number is not passed, and can be fed again.
    synchronized void pass(EventId id) {
        requireNext(id);
        position = numberings.now().positionOf(id);
    }

    /// Adds a thing to those about which the reader of a session gets events from here on, or removes it.
    synchronized void setWatched(SessionId session, Topic.Key key, boolean isWatched) {
        addressees.of(session).forEach(reader -> {
            var topics = new HashSet<>(reader.filter().namedTopics().orElseThrow());
            if (isWatched ? topics.add(key) : topics.remove(key)) {
                addressees.change(reader, reader.filter().withTopics(topics));
            }
        });
    }

    /// The same at a position of its own, numbered elsewhere, at which nothing stands for clients.
    synchronized void setWatched(EventId id, SessionId session, Topic.Key key, boolean isWatched) {
        requireNext(id);
        setWatched(session, key, isWatched);
        pass(id);
    }

    synchronized void requireNext(EventId id) {
        requireOpen();
        requireOfEpoch(id);
        if (numberings.now().positionOf(id) <= position) {
            throw new IllegalArgumentException("event must follow " + lastId() + ": " + id);
        }
    }

    private void requireOpen() {
        if (closed) throw new BroadcasterClosedException();
    }

    /// Places a reader at a take-over that was numbered elsewhere, or behind an earlier position; the older reader ends here.
    ///
    /// @param after null if the reader has seen nothing yet
    /// @return where the reader stands once it has taken what is there
    synchronized EventId takeOver(EventId id, Reader reader, EventId after) {
        requireNext(id);
        var isKept = after != null && placeAmongKept(reader, after);
        if (after == null) placeAtEnd(reader);
        pass(id);
        return isKept ? after : id;
    }

    /// Places a reader behind the newest event.
    ///
    /// @return where that is
    synchronized EventId placeAtEnd(Reader reader) {
        reader.place(everyone.last(), messages);
        addressees.add(reader, position, everyone.last());
        return lastId();
    }

    /// The same, and has it deliver first what it wants of the signals of the last five minutes. If those are not known, it is
    /// told a loss.
    synchronized void placeAtEndAfterRecent(Reader reader) {
        var wanted = recent.wantedBy(reader.filter(), nanoTime.getAsLong());
        if (!wanted.isComplete()) reader.inboxForResuming().lose(1);
        if (!wanted.signals().isEmpty()) reader.inboxForResuming().heal(wanted.signals());
        placeAtEnd(reader);
    }

    /// Places a reader behind a position. What is gone is told: events of another epoch, or older than the ring.
    ///
    /// @return the same position, or that of the newest event if something is gone
    synchronized EventId placeAfter(Reader reader, EventId id) {
        return placeAmongKept(reader, id) ? id : lastId();
    }

    /// @return whether everything that followed is there
    private boolean placeAmongKept(Reader reader, EventId id) {
        var inbox = reader.inboxForResuming();
        var found = numberings.positionOf(id, position);
        if (found.isEmpty() && numberings.now().has(id)) { // was never given: so its reader has not said what it has seen
            placeAtEnd(reader);
            return false;
        }
        if (found.isEmpty() && numberings.now().start() == 0) {
            if (numberings.now().isOfEpoch(id)) inbox.lose(1);
            else inbox.loseInDoubt();
        }
        var after = found.orElse(Math.max(0, numberings.now().start() - 1)); // the entry that begins the epoch tells the reader
        retained.place(reader, after);
        addressees.add(reader, position, everyone.last());
        return found.isPresent() && numberings.now().has(id) && retained.isKeptAfter(after);
    }

    /// Whether all that followed is still there, and will be until a reader comes to it: it is in the newer half of each ring.
    synchronized boolean remembers(EventId id) {
        var at = numberings.now().positionOf(id);
        return numberings.now().has(id) && at <= position && retained.isKeptForAWhileAfter(at);
    }

    /// Where a reader goes on whose next entry is gone.
    ///
    /// @param inbox the reader's; null if it has none
    synchronized Overrun lap(EventFilter filter, Inbox inbox, long cursor, int messagesSeen) {
        return retained.lap(filter, inbox, cursor, messagesSeen);
    }

    /// Looks up a signal that heals a reader: it left the ring, stands there still, or is one of the last minutes.
    synchronized Healing.Found find(Healing.Signal signal) {
        var found = retained.find(signal);
        recent.newest(signal.key()).ifPresent(found::add);
        for (var entry : found) if (entry.position() == signal.position()) return new Healing.Found(entry, false);
        return new Healing.Found(null, found.stream().noneMatch(entry -> entry.position() > signal.position()));
    }

    /// The newest of every signal before a new epoch, whether it has left the ring or not.
    synchronized List<LogEntry.Notification> newestSignalsBefore(LogEntry.NewEpoch epochStart, EventFilter filter) {
        return retained.newestSignalsBefore(epochStart, filter);
    }
}
