package dev.mcpsession.http;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.http.HandlerStats.OpenStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// The open event streams. Limits their number, counts their events, and ends all of them when the server stops. Thread-safe.
final class OpenStreams implements EventStream.Observer {

    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
    private static final double JITTER = 0.1;

    private final int maxStreams;
    private final int maxListensPerOwner;
    private final Duration maxAge;
    private final boolean endsSessionOnLoss;
    private final InFlight inFlight;
    private final Consumer<SessionId> endSession;
    private final Runnable onDrain;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final Map<Owner, Deque<EventStream>> listens = new ConcurrentHashMap<>(); // of authenticated owners
    private final AtomicInteger places = new AtomicInteger();
    private final LongAdder opened = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder lagged = new LongAdder();
    private final Durations duration = Durations.ofLives();
    private final Durations writeTime = Durations.ofWrites();
    private final Durations lag = Durations.ofWrites();
    private final FailureLog lostMessages = new FailureLog(LOG, WARNING);
    private final FailureLog timeouts = new FailureLog(LOG, WARNING);
    private final Counts<StreamEnd> ended = new Counts<>(StreamEnd.class);
    private volatile boolean closed;

    /// @param maxAge     zero for none
    /// @param endSession ends a session whose stream has lost a message
    /// @param onDrain    also runs at each drain
    OpenStreams(Limits limits, Duration maxAge, boolean endsSessionOnLoss, InFlight inFlight, Consumer<SessionId> endSession,
            Runnable onDrain) {
        maxStreams = limits.maxStreams();
        maxListensPerOwner = limits.maxListensPerOwner();
        this.maxAge = maxAge;
        this.endsSessionOnLoss = endsSessionOnLoss;
        this.inFlight = inFlight;
        this.endSession = endSession;
        this.onDrain = onDrain;
    }

    /// Takes a place for a stream that is about to be opened.
    ///
    /// @return false if no place is left
    boolean takePlace() {
        if (places.getAndUpdate(taken -> taken < maxStreams ? taken + 1 : taken) >= maxStreams) return false;
        inFlight.enter();
        return true;
    }

    /// Gives back a place that no stream needs.
    void leavePlace() {
        places.decrementAndGet();
        inFlight.leave();
    }

    /// Adds a stream for which a place was taken.
    void opened(EventStream stream) {
        open.add(stream);
        opened.increment();
        JfrEvents.opened(stream);
        limited(stream).ifPresent(owner -> addListen(owner, stream));
        if (closed) stream.end(StreamEnd.DRAINED);
    }

    // Above the limit an owner's oldest listen ends: it is the most likely one to have lost its client.
    private void addListen(Owner owner, EventStream stream) {
        var oldest = new EventStream[1];
        listens.compute(owner, (_, streams) -> {
            var all = streams == null ? new ArrayDeque<EventStream>(1) : streams;
            if (all.size() == maxListensPerOwner) oldest[0] = all.poll();
            all.add(stream);
            return all;
        });
        if (oldest[0] != null) oldest[0].end(StreamEnd.OWNER_LIMIT);
    }

    private void removeListen(Owner owner, EventStream stream) {
        listens.computeIfPresent(owner, (_, streams) -> {
            streams.remove(stream);
            return streams.isEmpty() ? null : streams;
        });
    }

    // Anonymous callers are not one person.
    private static Optional<Owner> limited(EventStream stream) {
        return stream.listener().filter(owner -> !owner.isAnonymous());
    }

    @Override
    public boolean ended(EventStream stream, StreamEnd end) {
        if (!open.remove(stream)) return false;
        try {
            limited(stream).ifPresent(owner -> removeListen(owner, stream));
            ended.add(end);
            duration.add(stream.age());
            JfrEvents.ended(stream, end);
            if (end == StreamEnd.WRITE_TIMEOUT) {
                timeouts.add(total -> "clients did not take their events in time, " + total + " so far; now ended " + stream);
            }
            if (end == StreamEnd.MESSAGE_LOST) stream.session().ifPresent(endSession);
        } finally {
            leavePlace();
        }
        return true;
    }

    @Override
    public void written(int events, long nanos, long age) {
        if (events > 0) delivered.add(events);
        writeTime.add(nanos);
        if (age >= 0) lag.add(age);
    }

    @Override
    public boolean lagged(EventStream stream, long events, long messages) {
        lagged.add(events);
        if (messages == 0) return false;
        lostMessages.add(messages, total -> "streams fell behind and have lost " + total + " messages so far; now " + stream, null);
        return endsSessionOnLoss && stream.session().isPresent();
    }

    /// Ends all open streams, and the calls that would wait for clients.
    ///
    /// @return how many streams there were
    int drain() {
        var all = List.copyOf(open);
        for (var stream : all) stream.end(StreamEnd.DRAINED);
        try {
            onDrain.run();
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, () -> "what ends calls at a drain failed; they end by themselves", e);
        }
        return all.size();
    }

    /// Drains, and ends the streams that are opened from now on.
    void close() {
        closed = true;
        drain();
    }

    boolean isClosed() {
        return closed;
    }

    /// When a stream that opens now must end, by `System.nanoTime()`.
    long newDeadline() {
        if (maxAge.isZero()) return System.nanoTime() + Long.MAX_VALUE / 2;
        return System.nanoTime() + (long) (NANOSECONDS.convert(maxAge) * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
    }

    List<OpenStream> current() {
        return open.stream().map(EventStream::current).toList();
    }

    HandlerStats.OfStreams stats() {
        return new HandlerStats.OfStreams(places.get(), opened.sum(), ended.current(), delivered.sum(), lagged.sum(),
                lostMessages.total(), duration.current(), writeTime.current(), lag.current());
    }
}
