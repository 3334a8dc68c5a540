package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.EventStreamFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The stream of a session: events with an id, to be resumed from.
///
/// It follows the position that the client has, which never goes back: an event that heals a loss may be older than the last one
/// that was sent, and then goes out without its id.
///
/// A client that understands it is primed with its position when the stream begins, also when it resumes: some clients know their
/// place on each stream by that stream alone. The id is a new text each time, so none is repeated. A position that was never given
/// counts as none. If what followed the client's position is gone, it is primed with the newest one once it has all that there was.
/// Primed earlier, it could be cut off before it is healed, and would resume after that. A position of another epoch is never told
/// again.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery">MCP
///      2025-11-25, Resumability and Redelivery</a>
final class SessionDialect implements Dialect {

    private static final int RETRY_MIN_MILLIS = 500;
    private static final int RETRY_MAX_MILLIS = 2_500;

    // Two readers of one session take the stream from each other. With the short delay they would do so as fast as they connect.
    private static final int TAKEN_OVER_MIN_MILLIS = 5_000;
    private static final int TAKEN_OVER_MAX_MILLIS = 15_000;

    private final SessionId session;
    private final EventId start;
    private final boolean primesAtOnce;
    private boolean primesLater;
    private EventId position;

    /// @param after        the position that the client has; empty if it has none
    /// @param start        where the stream begins: `after`, unless what followed that is gone
    /// @param takesPriming whether the client understands a priming event
    SessionDialect(SessionId session, Optional<EventId> after, EventId start, boolean takesPriming) {
        this.session = session;
        this.start = start;
        position = after.filter(id -> !id.isAfter(start)).orElse(start);
        primesAtOnce = takesPriming && position.epoch().equals(start.epoch());
        primesLater = takesPriming && !position.equals(start);
    }

    @Override
    public void begin(OutputStream out) throws IOException {
        out.write(EventStreamFormat.connected());
        if (primesAtOnce) prime(position, out);
    }

    @Override
    public void write(Delivery.Next event, OutputStream out) throws IOException {
        if (isBehind(event.id())) {
            event.encoded().writeWithoutIdTo(out);
        } else {
            event.encoded().writeTo(out);
            position = event.id();
        }
    }

    private boolean isBehind(EventId id) {
        return !id.isAfter(position) && id.epoch().equals(position.epoch());
    }

    @Override
    public void lagged(long missed, long messages, OutputStream out) throws IOException {
        out.write(EventStreamFormat.lagged(missed));
    }

    @Override
    public void caughtUp(OutputStream out) throws IOException {
        if (!primesLater) return;
        primesLater = false;
        if (!position.equals(start) && !position.isAfter(start)) prime(start, out);
    }

    private void prime(EventId at, OutputStream out) throws IOException {
        out.write(EventStreamFormat.priming(at.toPrimingText()));
        position = at;
    }

    /// Before most ends that the server chooses the client is told when to come back. It is not told so at its session's end.
    @Override
    public void end(StreamEnd end, OutputStream out) throws IOException {
        if (end.isGraceful()) out.write(retry(RETRY_MIN_MILLIS, RETRY_MAX_MILLIS));
        if (end == StreamEnd.TAKEN_OVER) out.write(retry(TAKEN_OVER_MIN_MILLIS, TAKEN_OVER_MAX_MILLIS));
    }

    /// A random delay, so that the clients of many streams do not come back in lockstep.
    private static byte[] retry(int minMillis, int maxMillis) {
        return EventStreamFormat.retry(ThreadLocalRandom.current().nextInt(minMillis, maxMillis));
    }

    @Override
    public Optional<SessionId> session() {
        return Optional.of(session);
    }

    @Override
    public String toString() {
        return "the stream of session " + session;
    }
}
