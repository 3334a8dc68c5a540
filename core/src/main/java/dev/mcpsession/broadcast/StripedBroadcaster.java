package dev.mcpsession.broadcast;

import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Beginning;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterStats;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Heading;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// A broadcaster in memory whose `publish` costs the same for a hundred subscribers and for a hundred thousand.
///
/// An event is encoded and appended to a bounded log once. A subscriber is a cursor into that log and not a queue, so it
/// costs the publisher nothing while it is slow, and one that is overtaken is told what it lost. Those who have read
/// everything wait in lock-striped lists; the publisher wakes one reader of each list, which wakes the rest of its list. An
/// addressed event skips all that: an index finds its few subscriptions, and they alone are woken. So does an event
/// about one thing, though it stands in the log of what is for everyone, where the others pass over it when they read on: it is a
/// signal, and what heals slow readers is there.
///
/// Subscribers that come one after the other share a stripe, in blocks of 128: so a leader wakes threads in the order of
/// memory, which takes less than half the time of waking them at random. Smaller blocks were rejected, since a publisher pays
/// for each stripe in which anybody waits, and the first carrier that it wakes does so many in the time that another takes to
/// get up. So was one leader for all stripes, which appoints the others (each the next, or as a tree): a publisher pays a
/// third less, but with thousands of subscribers the second carrier is woken while the publisher runs, and takes its processor.
///
/// Events are numbered here, in an epoch of this object's own. Or they are numbered in a store, and one thread feeds what it
/// reads there ([LogFeed]).
///
/// Safe for use by many threads.
public final class StripedBroadcaster implements Broadcaster {

    /// The heartbeat's clock ticks this often per period, so a silent reader waits for between 7/8 and one whole.
    static final int TICKS_PER_HEARTBEAT = 8;

    private static final System.Logger LOG = System.getLogger(StripedBroadcaster.class.getName());
    private static final int BLOCK_BITS = 7;
    private static final int MAX_KEY_LENGTH = 256;

    private final BroadcasterOptions options;
    private final SubscriptionIndex addressees = new SubscriptionIndex();
    private final EventLog log;
    private final LogFeed feed;
    private final Stripe[] stripes;
    private final Duration pause;
    private final Thread ticker;
    private final AtomicInteger arrivals = new AtomicInteger();
    private final LongAdder subscribers = new LongAdder();
    private final LongAdder published = new LongAdder();
    private final LongAdder wakeUps = new LongAdder();
    private volatile int ticks;

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
    /// @param last    the event that its first event follows
    public StripedBroadcaster(BroadcasterOptions options, EventId last) {
        this(options, last, System::nanoTime);
    }

    StripedBroadcaster(BroadcasterOptions options, EventId last, LongSupplier nanoTime) {
        this.options = options;
        log = new EventLog(options, addressees, last, nanoTime);
        feed = new LogFeed(this, log);
        stripes = new Stripe[options.stripes()];
        for (var i = 0; i < stripes.length; i++) stripes[i] = new Stripe(wakeUps);
        var period = options.heartbeat().dividedBy(TICKS_PER_HEARTBEAT);
        pause = period.isZero() ? Duration.ofNanos(1) : period;
        ticker = Thread.ofVirtual().name("mcp-heartbeat").start(this::tick);
    }

    private static String randomEpoch() {
        var bytes = new byte[8];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public EventId publish(Event event) {
        var body = encoded(event);
        var id = log.append(body);
        announce(id, body);
        return id;
    }

    @Override
    public EventId publish(String key, Event event) {
        requireKey(key);
        var body = encoded(event);
        var keyed = log.append(key, body);
        if (keyed.isNew()) announce(keyed.id(), body);
        return keyed.id();
    }

    /// The way in for a log that is kept elsewhere, instead of `publish`.
    ///
    /// @return the same each time
    public LogFeed feed() {
        return feed;
    }

    /// Checks a key of [#publish(String, Event)].
    ///
    /// @param key the caller's name for an event
    /// @return the same
    /// @throws IllegalArgumentException if it is longer than 256 characters
    public static String requireKey(String key) {
        if (key.length() > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException("key must be at most " + MAX_KEY_LENGTH + " characters: " + key.length());
        }
        return key;
    }

    /// Checks that an event is not larger than an event may be, for those who write it to a store before it is fed.
    ///
    /// @param event what is to be published
    /// @throws IllegalArgumentException if it is too large
    public void requireFits(Event event) {
        encoded(event);
    }

    EventFrame encoded(Event event) {
        var body = EventFrame.of(event);
        if (body.jsonLength() > options.maxEventBytes()) {
            throw new IllegalArgumentException(
                    "event must be at most " + options.maxEventBytes() + " bytes: " + body.jsonLength());
        }
        return body;
    }

    /// Never throws: the event is published, and its publisher must not see a failure. Readers that were not woken read it at the
    /// next heartbeat.
    void announce(EventId id, EventFrame body) {
        try {
            if (isForAFew(body.heading())) wake(body.heading());
            else wakeAll();
            published.increment();
            JfrEvents.published(id, body.heading().method(), body.jsonLength());
        } catch (RuntimeException | Error e) {
            failed("waking the readers of " + id, e);
        }
    }

    private boolean isForAFew(Heading event) {
        return !event.isForEveryone() || event.isOfTopic() && !addressees.areOfAllTopics();
    }

    private void wake(Heading event) {
        var readers = event.isForEveryone() ? addressees.of(event.topicKey()) : addressees.of(event.audience());
        for (var reader : readers) if (reader.filter().wants(event)) reader.wake();
    }

    void wakeAll() {
        for (var stripe : stripes) stripe.wakeAll();
    }

    @Override
    public Beginning begin(EventFilter filter) {
        var reader = newReader(filter);
        var position = log.placeAtEnd(reader);
        return new Beginning(opened(reader), position);
    }

    @Override
    public Beginning begin(EventFilter filter, EventId after) {
        var reader = newReader(filter);
        var position = log.placeAfter(reader, after);
        return new Beginning(opened(reader), position);
    }

    @Override
    public Subscription subscribeAfterRecent(EventFilter filter) {
        if (filter.session().isPresent()) throw new IllegalArgumentException("filter must have no session: " + filter.session().get());
        var reader = newReader(filter);
        log.placeAtEndAfterRecent(reader);
        return opened(reader);
    }

    Reader newReader(EventFilter filter) {
        var block = arrivals.getAndIncrement() >>> BLOCK_BITS;
        return new Reader(this, stripes[block & stripes.length - 1], filter);
    }

    Reader opened(Reader reader) {
        subscribers.increment();
        JfrEvents.opened(reader.filter());
        if (log.isClosed()) reader.close();
        return reader;
    }

    void closed(Reader reader) {
        addressees.remove(reader);
        subscribers.decrement();
        JfrEvents.closed(reader.filter());
    }

    @Override
    public void endSessions(Collection<SessionId> sessions) {
        sessions.forEach(session -> log.end(session, Delivery.Cause.SESSION_ENDED)); // one by one, so that publishers get in between
    }

    @Override
    public void endOwner(Owner owner) {
        log.end(new Audience.SessionsOf(owner));
    }

    @Override
    public void watch(SessionId session, Topic.Key key) {
        log.setWatched(session, key, true);
    }

    @Override
    public void unwatch(SessionId session, Topic.Key key) {
        log.setWatched(session, key, false);
    }

    @Override
    public BroadcasterStats stats() {
        var waiting = 0;
        for (var stripe : stripes) waiting += stripe.waiting();
        return new BroadcasterStats(subscribers.sum(), waiting, published.sum(), wakeUps.sum(),
                log.retained(), log.retainedBytes());
    }

    /// How many subscriptions are open.
    ///
    /// @return a gauge
    public long subscriberCount() {
        return subscribers.sum();
    }

    @Override
    public void close() {
        log.close();
        ticker.interrupt();
        wakeAll();
    }

    /// Must not end before the broadcaster is closed, or dead clients would go unnoticed.
    private void tick() {
        while (!log.isClosed()) {
            try {
                Thread.sleep(pause);
                ticks++;
                for (var stripe : stripes) stripe.wakeSilent();
            } catch (InterruptedException _) {
                // closed, or else there is no reason to end
            } catch (RuntimeException | Error e) {
                failed("a heartbeat", e);
            }
        }
    }

    /// Never fails itself: where memory is exhausted, there may be none for a line in the log.
    private static void failed(String what, Throwable failure) {
        try {
            LOG.log(ERROR, () -> what + " failed; the readers concerned are woken at the next heartbeat", failure);
        } catch (RuntimeException | Error _) {
            Thread.yield();
        }
    }

    int ticks() {
        return ticks;
    }

    boolean hasNoAddressees() {
        return addressees.isEmpty();
    }

    EventLog log() {
        return log;
    }

    BroadcasterOptions options() {
        return options;
    }
}
