package dev.mcpsession.broadcast;

import static java.lang.System.Logger.Level.WARNING;

import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.Heading;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// A subscription that replays what its reader missed from a [History], then continues live.
///
/// ```text
///      after                              seam
///        │  history, a page at a time       │  live: later events wait there
///   ─────┴──────────────────────────────────┴───────────────▶
/// ```
///
/// The live subscription begins at the seam, before the first page is read, so nothing is missed between the two. It ends like any
/// other, after the seam. At most one page is kept. The reading thread reads the history.
final class ReplayingSubscription implements Subscription {

    private static final System.Logger LOG = System.getLogger(ReplayingSubscription.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final AtomicLong warned = new AtomicLong();
    private static final Delivery IDLE = new Delivery.Idle();

    private final Reader live;
    private final EventFilter filter;
    private final History history;
    private final EventId start;
    private final EventId seam;
    private final BooleanSupplier isOver;
    private final Queue<Delivery> page = new ArrayDeque<>();
    private EventId read;
    private volatile boolean closed;

    /// @param after  the last event that the reader has seen
    /// @param seam   where the live subscription begins, in the same epoch
    /// @param isOver whether the broadcaster is closed
    ReplayingSubscription(Reader live, History history, EventId after, EventId seam, BooleanSupplier isOver) {
        this.live = live;
        this.filter = live.filter();
        this.history = history;
        this.seam = seam;
        start = after;
        this.isOver = isOver;
        read = after;
    }

    @Override
    public EventId start() {
        return start;
    }

    @Override
    public Delivery next() throws InterruptedException {
        while (isReplaying()) {
            if (!page.isEmpty()) return page.remove();
            if (!readPage()) return IDLE;
        }
        return live.next();
    }

    @Override
    public Optional<Delivery> poll() {
        if (!isReplaying()) return live.poll();
        return Optional.ofNullable(page.poll()); // reading the next page would block
    }

    @Override
    public Set<Topic.Key> topics() {
        return live.topics();
    }

    private boolean isReplaying() {
        if (closed || isOver.getAsBoolean()) return false; // the live subscription reports why
        return !page.isEmpty() || read.sequence() < seam.sequence();
    }

    /// @return false if the history cannot be read at the moment
    private boolean readPage() throws InterruptedException {
        try {
            var following = history.read(read, seam);
            following.ifPresent(this::add);
            return following.isPresent();
        } catch (BroadcasterException e) {
            warn(e);
            Thread.sleep(PAUSE);
            return false;
        }
    }

    /// Logs once a minute, however many readers wait.
    private static void warn(BroadcasterException e) {
        var now = System.nanoTime();
        var last = warned.get();
        if ((last == 0 || now - last >= BETWEEN_WARNINGS.toNanos()) && warned.compareAndSet(last, now)) {
            LOG.log(WARNING, "history cannot be read; readers wait for it", e);
        }
    }

    private void add(History.Page following) {
        read = following.from();
        following.entries().forEach(this::add);
        loseUpTo(following.end().sequence());
    }

    private void add(History.Entry entry) {
        loseUpTo(entry.prior());
        entry.event().filter(event -> filter.wants(Heading.of(event))).ifPresent(event ->
                page.add(new Delivery.Next(entry.id(), EventFrame.of(event).withId(entry.id()))));
        read = entry.id(); // last: if anything fails before, the entry is read again
    }

    /// How many of the lost events were for this reader is unknown, so all of them count; but not the numbers that were skipped.
    private void loseUpTo(long last) {
        if (last <= read.sequence()) return;
        var missed = last - read.sequence() > Integer.MAX_VALUE ? 1 : last - read.sequence();
        JfrEvents.lagged(filter, missed, missed);
        page.add(new Delivery.Lagged(missed, missed));
        read = new EventId(read.epoch(), last);
    }

    @Override
    public void close() {
        closed = true;
        live.close();
    }
}
