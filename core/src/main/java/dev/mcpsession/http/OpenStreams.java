package dev.mcpsession.http;

import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.event.BroadcasterException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

/// The open event streams: how many, what they did, and all of them when the server goes away. Safe for use by many threads.
final class OpenStreams {

    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
    private static final double JITTER = 0.1;

    private final int maxStreams;
    private final Duration maxAge;
    private final boolean endsSessionOnLoss;
    private final BiConsumer<EventStream, StreamEnd> onEnd;
    private final OwnerListens listens;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger places = new AtomicInteger();
    private final LongAdder opened = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder lagged = new LongAdder();
    private final LongAdder lostMessages = new LongAdder();
    private final OncePerMinute lossLog = new OncePerMinute();
    private final OncePerMinute timeoutLog = new OncePerMinute();
    private final LongAdder failures = new LongAdder();
    private final OncePerMinute failureLog = new OncePerMinute();
    private final Map<StreamEnd, LongAdder> ended = new EnumMap<>(StreamEnd.class);

    OpenStreams(Limits limits, Duration maxAge, boolean endsSessionOnLoss, BiConsumer<EventStream, StreamEnd> onEnd) {
        maxStreams = limits.maxStreams();
        listens = new OwnerListens(limits.maxListensPerOwner());
        this.maxAge = maxAge;
        this.endsSessionOnLoss = endsSessionOnLoss;
        this.onEnd = onEnd;
        for (var end : StreamEnd.values()) ended.put(end, new LongAdder());
    }

    /// Takes one of the places, before anything is done for the stream.
    boolean takePlace() {
        return places.getAndUpdate(taken -> taken < maxStreams ? taken + 1 : taken) < maxStreams;
    }

    void leavePlace() {
        places.decrementAndGet();
    }

    void opened(EventStream stream) {
        open.add(stream);
        opened.increment();
        listens.add(stream).ifPresent(oldest -> oldest.end(StreamEnd.OWNER_LIMIT));
    }

    /// Says that a stream has ended; the first to say so is believed.
    boolean ended(EventStream stream, StreamEnd end) {
        if (!open.remove(stream)) return false;
        leavePlace();
        listens.remove(stream);
        ended.get(end).increment();
        if (end == StreamEnd.WRITE_TIMEOUT) logTimeout(stream);
        onEnd.accept(stream, end);
        return true;
    }

    /// Asks all open streams to end.
    ///
    /// @return how many there were
    int drainAll() {
        var all = List.copyOf(open);
        all.forEach(EventStream::drain);
        return all.size();
    }

    void delivered(int events) {
        if (events > 0) delivered.add(events);
    }

    /// Counts what a stream missed; lost messages are logged, for all streams together.
    void lagged(EventStream stream, long events, long messages) {
        lagged.add(events);
        if (messages == 0) return;
        lostMessages.add(messages);
        if (lossLog.isDue()) {
            LOG.log(WARNING, () -> "streams fell behind and have lost " + lostMessages.sum()
                    + " messages so far; now " + stream);
        }
    }

    private void logTimeout(EventStream stream) {
        if (!timeoutLog.isDue()) return;
        LOG.log(WARNING, () -> "clients did not take their events in time, " + ended.get(StreamEnd.WRITE_TIMEOUT).sum()
                + " so far; now ended " + stream);
    }

    /// Counts a failure of the broadcaster, and logs it once a minute.
    void failed(String what, BroadcasterException failure) {
        failures.increment();
        if (failureLog.isDue()) {
            LOG.log(WARNING, () -> "broadcaster failed, " + what + "; " + failures.sum() + " failures so far", failure);
        }
    }

    long failures() {
        return failures.sum();
    }

    boolean endsSessionOnLoss() {
        return endsSessionOnLoss;
    }

    /// When a stream that opens now has to end, by `System.nanoTime`: its maximum age, a tenth more or less.
    long newDeadline() {
        if (maxAge.isZero()) return System.nanoTime() + Long.MAX_VALUE / 2;
        return System.nanoTime() + (long) (NANOSECONDS.convert(maxAge) * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
    }

    StreamStats stats() {
        var causes = new EnumMap<StreamEnd, Long>(StreamEnd.class);
        ended.forEach((end, count) -> causes.put(end, count.sum()));
        return new StreamStats(places.get(), opened.sum(), causes, delivered.sum(), lagged.sum(), lostMessages.sum());
    }
}
