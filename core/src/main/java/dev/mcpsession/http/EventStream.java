package dev.mcpsession.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.http.HandlerStats.OpenStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/// One client's event stream: the blocking loop between its subscription and its connection.
///
/// All events that are available, up to 64 events or 16 KiB, go out with one flush. The loop never waits for the session store, so its
/// thread may be interrupted during any write.
///
/// Written by one thread; any thread may [close][#close] it.
@ForAdapters
public final class EventStream implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
    private static final int MAX_EVENTS = 64;
    private static final int MAX_BYTES = 16 << 10;
    private static final int WRITES_PER_ENTRY = 16;
    private static final byte[] KEEP_ALIVE = EventStreamFormat.keepAlive();

    private final StreamWriter writer;
    private final Owner owner;
    private final Subscription subscription;
    private final SessionHolds.Hold hold;
    private final Observer observer;
    private final long deadline;
    private final long openedAt = System.nanoTime();
    private volatile StreamEnd requestedEnd = StreamEnd.CLIENT_GONE;
    private volatile long writingSince; // 0: no write is in progress. This and the next two are changed by the writing thread alone
    private volatile long slowestWrite;
    private volatile long events;

    /// @param owner    the owner of the session, or the caller of the listen
    /// @param hold     released when the stream ends
    /// @param deadline the latest end of the stream, by `System.nanoTime()`
    EventStream(StreamWriter writer, Owner owner, Subscription subscription, SessionHolds.Hold hold, Observer observer, long deadline) {
        this.writer = writer;
        this.owner = owner;
        this.subscription = subscription;
        this.hold = hold;
        this.observer = observer;
        this.deadline = deadline;
    }

    /// Observes streams. Called by the threads that write them.
    interface Observer {

        /// Events, or a heartbeat, were written and flushed.
        ///
        /// @param nanos how long the client took to accept them
        /// @param lag   how long ago the first one was encoded, in nanoseconds; negative if that was before the stream was opened
        void written(int events, long nanos, long lag);

        /// Events were lost for a stream, some of them messages.
        ///
        /// @return whether the stream must therefore end
        boolean lagged(EventStream stream, long events, long messages);

        /// A stream has ended.
        ///
        /// @return false if it had ended before
        boolean ended(EventStream stream, StreamEnd end);
    }

    /// Writes the stream until it ends, and closes it. Each batch of writes is followed by a flush. The adapter must interrupt a write
    /// that blocks for too long, so that the write throws an [InterruptedIOException].
    ///
    /// @param out the body of the answer, which stays open
    /// @return why the stream ended
    public StreamEnd writeTo(OutputStream out) {
        var end = StreamEnd.FAILED;
        try {
            writer.begin(out);
            out.flush(); // sends the headers; otherwise the client sees nothing until the first event
            var reached = Optional.<StreamEnd>empty();
            while (reached.isEmpty()) reached = writeSome(out);
            end = reached.get();
        } catch (InterruptedIOException _) {
            end = StreamEnd.WRITE_TIMEOUT;
        } catch (IOException e) {
            end = StreamEnd.CLIENT_GONE;
            LOG.log(DEBUG, () -> "client of " + this + " went away", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            end = StreamEnd.DRAINED;
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, () -> this + " failed", e);
        } finally {
            try {
                release();
            } finally {
                observer.ended(this, end);
            }
        }
        return end;
    }

    // A loop that returns every few writes. A virtual thread keeps the interpreted frame of a loop that it entered before the loop was
    // compiled, and each wait in it costs more. Streams opened right after a start would stay slow for as long as they are open. The wait
    // is here and not further down, because the frames and objects of a waiting stream take heap.
    private Optional<StreamEnd> writeSome(OutputStream out) throws IOException, InterruptedException {
        var end = Optional.<StreamEnd>empty();
        for (var i = 0; i < WRITES_PER_ENTRY && end.isEmpty(); i++) {
            var first = subscription.next();
            end = new Batch(out).write(first);
        }
        return end;
    }

    /// {@return the session that the stream belongs to, if it is not a listen}
    Optional<SessionId> session() {
        return writer.session();
    }

    /// {@return the caller, if the stream is a listen}
    Optional<Owner> listener() {
        return writer.listener();
    }

    Owner owner() {
        return owner;
    }

    long age() {
        return System.nanoTime() - openedAt;
    }

    OpenStream current() {
        var since = writingSince;
        var slowest = since == 0 ? slowestWrite : Math.max(slowestWrite, System.nanoTime() - since);
        return new OpenStream(session(), owner, Duration.ofNanos(age()), events, Duration.ofNanos(slowest));
    }

    @Override
    public String toString() {
        return writer.toString();
    }

    /// Ends the stream soon. Of several reasons, the first applies.
    void end(StreamEnd reason) {
        if (requestedEnd == StreamEnd.CLIENT_GONE) requestedEnd = reason;
        subscription.close();
    }

    /// Ends the stream and frees its place. Does nothing to a stream that has been written to its end. Idempotent.
    @Override
    public void close() {
        if (observer.ended(this, StreamEnd.CLIENT_GONE)) release();
    }

    private void release() {
        subscription.close();
        hold.close();
    }

    /// What goes out with one flush. It is written directly to the body, which buffers it. A buffer per stream would stay as large as
    /// the stream's largest batch.
    private final class Batch {

        private final OutputStream out;
        private int count;
        private int bytes;
        private boolean hasNews;
        private long lagsSince;
        private boolean isLive;

        Batch(OutputStream out) {
            this.out = out;
        }

        Optional<StreamEnd> write(Delivery first) throws IOException {
            var began = System.nanoTime();
            writingSince = began == 0 ? 1 : began;
            var end = fill(first);
            if (end.isEmpty() && began - deadline >= 0) end = Optional.of(StreamEnd.MAX_AGE);
            if (end.isPresent()) writer.end(end.get(), out);
            out.flush();
            written(began, System.nanoTime());
            return end;
        }

        private Optional<StreamEnd> fill(Delivery first) throws IOException {
            var end = add(first);
            while (end.isEmpty() && count < MAX_EVENTS && bytes < MAX_BYTES) {
                var more = subscription.poll();
                if (more.isEmpty()) {
                    if (hasNews) writer.caughtUp(out); // not after a silence: a subscription may be silent while it lacks events
                    break;
                }
                end = add(more.get());
            }
            return end;
        }

        private void written(long began, long now) {
            writingSince = 0;
            if (now - began > slowestWrite) slowestWrite = now - began;
            if (count > 0) events += count;
            observer.written(count, now - began, isLive ? now - lagsSince : -1);
        }

        private Optional<StreamEnd> add(Delivery delivery) throws IOException {
            switch (delivery) {
                case Delivery.Next next -> add(next);
                case Delivery.Idle() -> out.write(KEEP_ALIVE);
                case Delivery.Lagged lagged -> {
                    if (observer.lagged(EventStream.this, lagged.missed(), lagged.messages())) return Optional.of(StreamEnd.MESSAGE_LOST);
                    writer.lagged(lagged, out);
                    hasNews = true;
                }
                case Delivery.Closed(var cause) -> {
                    return Optional.of(endOf(cause));
                }
            }
            return Optional.empty();
        }

        private void add(Delivery.Next next) throws IOException {
            writer.write(next, out);
            hasNews = true;
            if (count++ == 0) {
                lagsSince = next.frame().encodedAt();
                isLive = lagsSince - openedAt >= 0;
            }
            bytes += next.frame().length();
        }

        private StreamEnd endOf(Delivery.Cause cause) {
            return switch (cause) {
                case SESSION_ENDED -> StreamEnd.SESSION_ENDED;
                case OWNER_ENDED -> StreamEnd.OWNER_ENDED;
                case TAKEN_OVER -> StreamEnd.TAKEN_OVER;
                case BROADCASTER_CLOSED -> StreamEnd.DRAINED;
                case CANCELLED -> requestedEnd;
            };
        }
    }
}
