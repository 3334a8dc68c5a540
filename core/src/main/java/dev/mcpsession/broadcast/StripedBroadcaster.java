package dev.mcpsession.broadcast;

import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterStats;
import dev.mcpsession.event.ControlObserver;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Heading;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// A broadcaster in memory whose `publish` costs the same for a hundred subscriptions and for a hundred thousand.
///
/// It numbers its events itself, in a random epoch. Alternatively, a [LogFeed] feeds it the events of a log that is numbered and kept
/// elsewhere, such as in a database.
///
/// Thread-safe. [BroadcasterOptions] bounds its memory.
public final class StripedBroadcaster implements Broadcaster {

    // An event is encoded and appended to a bounded log once. A subscription is a cursor into that log, so it costs the publisher
    // nothing while it is slow, and one that is overrun gets a report of its loss. Readers that have read everything wait in
    // lock-striped lists; the publisher wakes one reader of each list, which wakes the rest of its list. An addressed event skips all
    // that: an index finds its few subscriptions, and only they are woken. An event about one thing likewise wakes only the
    // subscriptions that name it. But it is kept in the ring of broadcast events, where the other readers skip it when they read on:
    // it is a signal, and the signals that heal slow readers come from that ring.

    private static final int MAX_KEY_LENGTH = 256;

    private final BroadcasterOptions options;
    private final LockedLog log;
    private final Observers observers = new Observers();
    private final Stripes stripes;
    private final LongAdder published = new LongAdder();

    /// Opens a broadcaster with the default options.
    public StripedBroadcaster() {
        this(BroadcasterOptions.DEFAULT);
    }

    /// Opens a broadcaster that numbers its events itself, in a new random epoch.
    ///
    /// @param options layout and bounds
    public StripedBroadcaster(BroadcasterOptions options) {
        this(options, new EventId(randomEpoch(), 0));
    }

    /// Opens a broadcaster that continues a numbering.
    ///
    /// @param options layout and bounds
    /// @param last    the event before its first one
    public StripedBroadcaster(BroadcasterOptions options, EventId last) {
        this(options, last, System::nanoTime);
    }

    StripedBroadcaster(BroadcasterOptions options, EventId last, LongSupplier nanoTime) {
        this.options = options;
        log = new LockedLog(options, last, nanoTime);
        stripes = new Stripes(options, log, () -> observers.tick(options.heartbeat()));
    }

    private static String randomEpoch() {
        var bytes = new byte[8];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public EventId publish(Event event) {
        var frame = encoded(event);
        var id = log.append(frame);
        announce(id, frame);
        return id;
    }

    @Override
    public EventId publish(String key, Event event) {
        requireKey(key);
        var frame = encoded(event);
        var keyed = log.append(key, frame);
        if (keyed.isNew()) announce(keyed.id(), frame);
        return keyed.id();
    }

    /// Checks a key of [#publish(String, Event)].
    ///
    /// @param key the caller's name for an event
    /// @return the key
    /// @throws IllegalArgumentException if it is longer than 256 characters
    @ForAdapters
    public static String requireKey(String key) {
        if (key.length() > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException("key must be at most " + MAX_KEY_LENGTH + " characters: " + key.length());
        }
        return key;
    }

    /// Checks that an event does not exceed the size limit, for a caller that writes it to an external log before it is fed.
    ///
    /// @param event the event
    /// @throws IllegalArgumentException if it is too large
    @ForAdapters
    public void requireFits(Event event) {
        encoded(event);
    }

    private EventFrame encoded(Event event) {
        var frame = EventFrame.of(event);
        if (frame.jsonLength() > options.maxEventBytes()) {
            throw new IllegalArgumentException(
                    "event must be at most " + options.maxEventBytes() + " bytes: " + frame.jsonLength());
        }
        return frame;
    }

    /// Never throws: the event is published, and its publisher must not see a failure. A reader that was not woken reads it at the next
    /// heartbeat.
    private void announce(EventId id, EventFrame frame) {
        try {
            if (log.isForAFew(frame.heading())) log.wake(frame.heading());
            else stripes.wakeAll();
            published.increment();
            JfrEvents.published(id, frame.heading(), frame.jsonLength());
        } catch (RuntimeException | Error e) {
            Stripes.failed("waking the readers of " + id, e);
        }
    }

    @Override
    public Subscription subscribe(EventFilter filter, Start start) {
        if (start instanceof Start.Recent && filter.session().isPresent()) {
            throw new IllegalArgumentException("filter must have no session: " + filter.session().get());
        }
        return subscribe(null, filter, start);
    }

    /// Subscribes at a number of an external log that no other record has; null for the newest event.
    Reader subscribe(EventId at, EventFilter filter, Start start) {
        return log.open(at, filter, start, stripes.next());
    }

    @Override
    public void endSessions(Collection<SessionId> sessions) {
        log.end(sessions);
        observers.applied(new LogRecord.SessionsEnded(sessions));
    }

    @Override
    public void endOwner(Owner owner) {
        log.endOwner(owner);
        observers.applied(new LogRecord.OwnerEnded(owner));
    }

    @Override
    public void addTopic(SessionId session, Topic.Key key) {
        log.addTopic(session, key);
    }

    @Override
    public void removeTopic(SessionId session, Topic.Key key) {
        log.removeTopic(session, key);
    }

    @Override
    public void relay(SessionId session, Json.Obj message) {
        log.change(EventLog::requireOpen);
        observers.applied(new LogRecord.Relayed(session, message));
    }

    @Override
    public ControlObserver.Observation observe(ControlObserver observer) {
        return observers.add(observer);
    }

    /// Feeds the record at a number of an external log.
    void feed(EventId id, LogRecord next) {
        switch (next) {
            case LogRecord.Published(var event) -> {
                var frame = encoded(event);
                log.append(id, frame);
                announce(id, frame);
            }
            case LogRecord.Control control -> {
                log.apply(id, control);
                observers.applied(control);
            }
        }
    }

    /// Begins a new epoch of an external log.
    void reset(EventId last) {
        log.change(it -> it.reset(last));
        stripes.wakeAll();
    }

    LockedLog log() {
        return log;
    }

    @Override
    public BroadcasterStats stats() {
        return log.locked(it -> new BroadcasterStats(
                log.subscribers(), stripes.waiting(), published.sum(), stripes.wakeUps(), it.retained(), it.retainedBytes()));
    }

    /// {@return the number of open subscriptions}
    public long subscriberCount() {
        return log.subscribers();
    }

    @Override
    public void close() {
        log.change(EventLog::close);
        stripes.close();
        observers.close();
    }

    @Override
    public String toString() {
        return "broadcaster at " + log.locked(EventLog::lastId) + " with " + log.subscribers() + " subscriptions";
    }
}
