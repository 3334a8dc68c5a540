package dev.mcpsession.broadcast;

import static java.lang.System.Logger.Level.ERROR;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// All stripes of a broadcaster, and the ticker that wakes silent readers. Thread-safe.
final class Stripes implements AutoCloseable {

    // Readers that arrive one after the other share a stripe, in blocks of 128. So a leader wakes threads in the order of memory,
    // which takes less than half the time of waking them at random. Smaller blocks were rejected: a publisher pays for each stripe
    // in which a reader waits, and the first carrier thread that it wakes serves that many readers before a second one is up. Also
    // rejected: one leader for all stripes, which appoints the others in a chain or as a tree. A publisher then pays a third less,
    // but with thousands of readers the second carrier thread wakes up while the publisher runs, and takes its processor.
    private static final int BLOCK_BITS = 7;

    private static final System.Logger LOG = System.getLogger(Stripes.class.getName());

    private final LockedLog host;
    private final Stripe[] stripes;
    private final Duration pause;
    private final Runnable onTick;
    private final Thread ticker;
    private final AtomicInteger arrivals = new AtomicInteger();
    private final LongAdder wakeUps = new LongAdder();

    /// @param onTick also called at each tick
    Stripes(BroadcasterOptions options, LockedLog host, Runnable onTick) {
        this.host = host;
        this.onTick = onTick;
        stripes = new Stripe[options.stripes()];
        for (var i = 0; i < stripes.length; i++) stripes[i] = new Stripe(host, wakeUps);
        var period = options.heartbeat().dividedBy(Reader.TICKS_PER_HEARTBEAT);
        pause = period.isZero() ? Duration.ofNanos(1) : period;
        ticker = Thread.ofVirtual().name("mcp-heartbeat").start(this::tick);
    }

    /// The stripe of the next reader.
    Stripe next() {
        return stripes[arrivals.getAndIncrement() >>> BLOCK_BITS & stripes.length - 1];
    }

    void wakeAll() {
        for (var stripe : stripes) stripe.wakeAll();
    }

    int waiting() {
        var waiting = 0;
        for (var stripe : stripes) waiting += stripe.waiting();
        return waiting;
    }

    long wakeUps() {
        return wakeUps.sum();
    }

    /// Must not end before the broadcaster is closed; otherwise dead clients would go unnoticed.
    private void tick() {
        while (!host.log().isClosed()) {
            try {
                Thread.sleep(pause);
                host.tick();
                for (var stripe : stripes) stripe.wakeSilent();
                onTick.run();
            } catch (InterruptedException _) {
                // the loop ends if the broadcaster was closed; nothing else is a reason to end
            } catch (RuntimeException | Error e) {
                failed("a heartbeat", e);
            }
        }
    }

    /// Never throws: when memory is exhausted, there may be none for a log line.
    static void failed(String what, Throwable failure) {
        try {
            LOG.log(ERROR, () -> what + " failed; the readers concerned are woken at the next heartbeat", failure);
        } catch (RuntimeException | Error _) {
            Thread.yield();
        }
    }

    @Override
    public void close() {
        ticker.interrupt();
        wakeAll();
    }
}
