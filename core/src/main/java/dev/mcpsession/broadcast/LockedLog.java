package dev.mcpsession.broadcast;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.Stripe.Waiter;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Heading;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The log and the index of its readers, joined under the broadcaster's one lock. Thread-safe.
///
/// The lock is held for a few steps, and one for each addressee. Nothing is copied under it: neither a frame, nor the signals that heal
/// a reader.
final class LockedLog implements Stripe.Host {

    private final Object lock = new Object();
    private final SubscriptionIndex index = new SubscriptionIndex();
    private final EventLog log;
    private final int inboxCapacity;
    private final LongAdder subscribers = new LongAdder();
    private volatile int ticks;

    LockedLog(BroadcasterOptions options, EventId last, LongSupplier nanoTime) {
        log = new EventLog(options, last, nanoTime, (key, ordinal) -> index.of(key).forEach(reader -> reader.inbox().forgot(ordinal)));
        inboxCapacity = options.ringEntries();
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public <T> T locked(Function<EventLog, T> step) {
        synchronized (lock) {
            return step.apply(log);
        }
    }

    /// Changes the log under the lock.
    void change(Consumer<EventLog> step) {
        synchronized (lock) {
            step.accept(log);
        }
    }

    /// The result of appending an event with a key.
    record Keyed(EventId id, boolean isNew) {}

    /// Numbers and appends an event.
    EventId append(EventFrame frame) {
        synchronized (lock) {
            var id = log.nextId();
            add(id, frame);
            return id;
        }
    }

    /// Numbers and appends an event, unless the key is known.
    Keyed append(String key, EventFrame frame) {
        synchronized (lock) {
            var id = log.nextId();
            var known = log.keys().get(key);
            if (known != null) return new Keyed(known, false);
            try {
                log.keys().put(key, id);
                add(id, frame);
            } catch (RuntimeException | Error e) {
                log.keys().remove(key); // otherwise a retry would get the id of an event that does not exist
                throw e;
            }
            return new Keyed(id, true);
        }
    }

    /// Appends an event that was numbered elsewhere. Numbers may be skipped, but must increase.
    void append(EventId id, EventFrame frame) {
        synchronized (lock) {
            log.requireNext(id);
            add(id, frame);
        }
    }

    /// Everything that may fail comes before the event is in its ring.
    private void add(EventId id, EventFrame frame) {
        var inboxes = new ArrayList<Inbox>(0);
        for (var reader : index.of(frame.heading().audience())) {
            if (reader.filter().wants(frame.heading())) inboxes.add(reader.inbox());
        }
        inboxes.forEach(Inbox::makeRoom);
        var entry = log.add(id, frame);
        for (var n = 0; n < inboxes.size(); n++) inboxes.get(n).add(entry.ordinal(), entry.position());
        log.advance(entry);
    }

    /// Applies a control that was numbered elsewhere. The readers are changed first: if that fails, the number is not passed, and the
    /// control can be applied again.
    void apply(EventId id, LogRecord.Control control) {
        synchronized (lock) {
            log.requireNext(id);
            switch (control) {
                case LogRecord.SessionsEnded(var sessions) -> sessions.forEach(session -> end(session, Delivery.Cause.SESSION_ENDED));
                case LogRecord.OwnerEnded(var owner) -> endOwner(owner);
                case LogRecord.TakenOver(var session) -> end(session, Delivery.Cause.TAKEN_OVER);
                case LogRecord.TopicAdded(var session, var key) -> addTopic(session, key);
                case LogRecord.TopicRemoved(var session, var key) -> removeTopic(session, key);
                case LogRecord.Relayed _ -> {} // for the observers
            }
            log.pass(id);
        }
    }

    /// Adds a reader. An older one of its session ends at exactly the position where it starts.
    ///
    /// @param at a number of an external log that no other record has; null for the newest event
    Reader open(EventId at, EventFilter filter, Start start, Stripe stripe) {
        Placement placement;
        Reader reader;
        synchronized (lock) {
            if (at != null) log.requireNext(at);
            placement = Placement.of(filter, start, log);
            var newest = at == null ? log.lastId() : at;
            var position = placement.isKept() && start instanceof Start.After(var after) ? after : newest;
            reader = new Reader(stripe, filter, position, placement);
            index.add(reader, log.position(), log.everyone().last());
            if (at != null) log.pass(at);
        }
        subscribers.increment();
        try {
            reader.catchUp(placement);
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
        if (log.isClosed()) reader.close();
        return reader;
    }

    @Override
    public void closed(Waiter reader) {
        index.remove(reader);
        subscribers.decrement();
    }

    /// Ends the readers of sessions one by one, so that publishers can take the lock in between.
    void end(Collection<SessionId> sessions) {
        for (var session : sessions) {
            synchronized (lock) {
                end(session, Delivery.Cause.SESSION_ENDED);
            }
        }
    }

    private void end(SessionId session, Delivery.Cause cause) {
        index.of(session).forEach(reader -> end(reader, cause));
    }

    private void end(Waiter reader, Delivery.Cause cause) {
        reader.endAfter(log.position(), log.everyone().last(), cause);
        index.remove(reader);
    }

    /// Ends all readers of an owner.
    void endOwner(Owner owner) {
        var audience = new Audience.SessionsOf(owner);
        synchronized (lock) {
            log.requireOpen();
            index.of(audience).forEach(reader ->
                    end(reader, reader.filter().session().isPresent() ? Delivery.Cause.SESSION_ENDED : Delivery.Cause.OWNER_ENDED));
        }
    }

    void addTopic(SessionId session, Topic.Key key) {
        synchronized (lock) {
            index.addTopic(session, key);
        }
    }

    void removeTopic(SessionId session, Topic.Key key) {
        synchronized (lock) {
            index.removeTopic(session, key);
        }
    }

    /// Whether an event has few readers, which the index finds.
    boolean isForAFew(Heading event) {
        return !event.isForEveryone() || event.isOfTopic() && !index.hasReadersOfAllTopics();
    }

    /// Wakes the readers of an event that has few.
    void wake(Heading event) {
        var readers = event.isForEveryone() ? index.of(event.topicKey()) : index.of(event.audience());
        for (var reader : readers) if (reader.filter().wants(event)) reader.wake();
    }

    @Override
    public int inboxCapacity() {
        return inboxCapacity;
    }

    @Override
    public int ticks() {
        return ticks;
    }

    void tick() {
        ticks++;
    }

    long subscribers() {
        return subscribers.sum();
    }

    boolean hasNoReaders() {
        return index.isEmpty();
    }
}
