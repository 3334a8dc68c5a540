package dev.mcpsession.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.event.Subscription;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;

/// One client's stream of events: the blocking loop between its subscription and its connection.
///
/// Whenever there is something, all that is there goes out in one write and one flush, up to 64 events or 16 kB. The loop asks
/// no store: its thread may be interrupted at any write.
///
/// Written by one thread; [#end] and [#close] may be called by any.
@ForAdapters
public final class EventStream implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
    private static final int MAX_EVENTS = 64;
    private static final int MAX_BYTES = 16 << 10;
    private static final int WRITES_PER_ENTRY = 16;
    private static final byte[] KEEP_ALIVE = EventStreamFormat.keepAlive();

    private final StreamWriter dialect;
    private final Subscription subscription;
    private final SessionKeeper.Hold hold; // null: there is no session
    private final OpenStreams registry;
    private final long deadline;
    private volatile StreamEnd asked = StreamEnd.CLIENT_GONE;

    EventStream(StreamWriter dialect, Subscription subscription, SessionKeeper.Hold hold, OpenStreams registry) {
        this.dialect = dialect;
        this.subscription = subscription;
        this.hold = hold;
        this.registry = registry;
        deadline = registry.newDeadline();
    }

    /// Writes the stream until it ends, and closes it. Each write is followed by a flush; a write that blocks for too long is
    /// the adapter's to interrupt, and is told here by an [InterruptedIOException].
    ///
    /// @param out the body of the answer, which stays open
    /// @return why the stream ended
    public StreamEnd writeTo(OutputStream out) {
        var end = StreamEnd.FAILED;
        try {
            end = write(out);
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
                registry.ended(this, end);
            }
        }
        return end;
    }

    private StreamEnd write(OutputStream out) throws IOException, InterruptedException {
        dialect.begin(out);
        out.flush(); // sends the headers; otherwise the client sees nothing until the first event
        var end = Optional.<StreamEnd>empty();
        while (end.isEmpty()) end = writeSome(out);
        return end.get();
    }

    /// A loop that returns now and then: a virtual thread keeps the frame of a loop that it entered before that was compiled, and
    /// each wait in it costs more. So those streams that clients rush to right after a start do not stay slow for as long as they
    /// are open.
    private Optional<StreamEnd> writeSome(OutputStream out) throws IOException, InterruptedException {
        var end = Optional.<StreamEnd>empty();
        for (var i = 0; i < WRITES_PER_ENTRY && end.isEmpty(); i++) end = writeNext(out);
        return end;
    }

    /// Writes what there is and flushes it.
    private Optional<StreamEnd> writeNext(OutputStream out) throws IOException, InterruptedException {
        var batch = new Batch(out);
        var end = batch.add(subscription.next());
        while (end.isEmpty() && !batch.isFull()) {
            var more = subscription.poll();
            if (more.isEmpty()) {
                if (batch.hasNews) dialect.caughtUp(out); // a subscription may be silent although it waits for what was published
                break;
            }
            end = batch.add(more.get());
        }
        if (end.isEmpty() && System.nanoTime() - deadline >= 0) end = Optional.of(StreamEnd.MAX_AGE);
        if (end.isPresent()) dialect.end(end.get(), out);
        batch.flush();
        return end;
    }

    /// The session that the stream belongs to.
    Optional<SessionId> session() {
        return dialect.session();
    }

    /// The caller that opened the stream without a session.
    Optional<Owner> listener() {
        return dialect.listener();
    }

    @Override
    public String toString() {
        return dialect.toString();
    }

    /// Ends the stream soon, and lets its client know that it may come back.
    void drain() {
        end(StreamEnd.DRAINED);
    }

    /// The same for another reason; the first one stands.
    void end(StreamEnd why) {
        if (asked == StreamEnd.CLIENT_GONE) asked = why;
        subscription.close();
    }

    /// Gives back the place of a stream that was never written. Idempotent, and does nothing to one that was.
    @Override
    public void close() {
        if (registry.ended(this, StreamEnd.CLIENT_GONE)) release();
    }

    private void release() {
        subscription.close();
        if (hold != null) hold.close();
    }

    /// What goes out with one flush. It is written straight to the body, which buffers it: a buffer of each stream's own would
    /// stay as large as its largest batch, times the number of streams.
    private final class Batch {

        private final OutputStream out;
        private int events;
        private int bytes;
        private boolean hasNews;

        Batch(OutputStream out) {
            this.out = out;
        }

        boolean isFull() {
            return events >= MAX_EVENTS || bytes >= MAX_BYTES;
        }

        Optional<StreamEnd> add(Delivery delivery) throws IOException {
            switch (delivery) {
                case Delivery.Next next -> add(next);
                case Delivery.Idle() -> out.write(KEEP_ALIVE);
                case Delivery.Lagged(var missed, var messages) -> {
                    return addLoss(missed, messages);
                }
                case Delivery.Closed(var cause) -> {
                    return Optional.of(endOf(cause));
                }
            }
            return Optional.empty();
        }

        private void add(Delivery.Next next) throws IOException {
            dialect.write(next, out);
            hasNews = true;
            events++;
            bytes += next.encoded().length();
        }

        private Optional<StreamEnd> addLoss(long missed, long messages) throws IOException {
            registry.lagged(EventStream.this, missed, messages);
            if (messages > 0 && session().isPresent() && registry.endsSessionOnLoss()) return Optional.of(StreamEnd.MESSAGE_LOST);
            dialect.lagged(missed, messages, out);
            hasNews = true;
            return Optional.empty();
        }

        void flush() throws IOException {
            out.flush();
            registry.delivered(events);
        }
    }

    private StreamEnd endOf(Delivery.Cause cause) {
        return switch (cause) {
            case SESSION_ENDED -> StreamEnd.SESSION_ENDED;
            case OWNER_ENDED -> StreamEnd.OWNER_ENDED;
            case TAKEN_OVER -> StreamEnd.TAKEN_OVER;
            case BROADCASTER_CLOSED -> StreamEnd.DRAINED;
            case CANCELLED -> asked;
        };
    }
}
