package dev.mcpsession.http;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.EventStreamFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Writes the stream of a session: events with an id to resume after.
///
/// If unknown signals may be lost, the client gets one of each that the application can send to it.
///
/// The client's position never goes back. An event that heals a loss may be older than the last one sent, or of an epoch that the
/// stream has left; it is then sent without its id.
///
/// A client that understands priming is primed with its position when the stream begins, and also when it resumes, because some
/// clients track their position per stream. The id's text is new each time, so no id is repeated. A position that was never issued
/// counts as none. If events after the client's position are gone, the client is primed with the newest position once it has caught
/// up. If it were primed earlier and then disconnected before it is healed, it would resume after the loss. A position of another
/// epoch is never sent again.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery">MCP
///      2025-11-25, Resumability and Redelivery</a>
final class SessionStreamWriter implements StreamWriter {

    private static final int RETRY_MIN_MILLIS = 500;
    private static final int RETRY_MAX_MILLIS = 2_500;

    // Two clients of one session take the stream from each other. With the short delay, they would do so as fast as they can connect.
    private static final int TAKEN_OVER_MIN_MILLIS = 5_000;
    private static final int TAKEN_OVER_MAX_MILLIS = 15_000;

    private static final int MAX_LEFT = 8; // as many past epochs as a log knows

    private final SessionId session;
    private final EventId start;
    private final Supplier<List<Event>> signals;
    private final boolean primesAtOnce;
    private boolean primesLater;
    private EventId position;
    private final List<EventId> left = new ArrayList<>(0); // last positions in earlier epochs, whose signals may heal a later loss

    /// @param signals      one of each signal that the client may want now
    /// @param after        the client's position, if it has one
    /// @param start        where the stream begins: at `after`, unless events after it are gone
    /// @param takesPriming whether the client understands a priming event
    SessionStreamWriter(
            SessionId session, Supplier<List<Event>> signals, Optional<EventId> after, EventId start, boolean takesPriming) {
        this.session = session;
        this.signals = signals;
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
            event.frame().writeWithoutIdTo(out);
        } else {
            event.frame().writeTo(out);
            moveTo(event.id());
        }
    }

    private boolean isBehind(EventId id) {
        if (isNotAfter(id, position)) return true;
        for (var last : left) {
            if (isNotAfter(id, last)) return true;
        }
        return false;
    }

    private static boolean isNotAfter(EventId id, EventId other) {
        return id.epoch().equals(other.epoch()) && !id.isAfter(other);
    }

    private void moveTo(EventId id) {
        if (!id.epoch().equals(position.epoch())) {
            left.removeIf(last -> last.epoch().equals(id.epoch()));
            left.add(position);
            if (left.size() > MAX_LEFT) left.removeFirst();
        }
        position = id;
    }

    @Override
    public void lagged(Delivery.Lagged lagged, OutputStream out) throws IOException {
        out.write(EventStreamFormat.lagged(lagged.missed()));
        if (!lagged.isUnknown()) return; // the missed signals follow
        for (var signal : signals.get()) EventFrame.of(signal).writeWithoutIdTo(out); // before any id, so that no client resumes after them
    }

    @Override
    public void caughtUp(OutputStream out) throws IOException {
        if (!primesLater) return;
        primesLater = false;
        if (!isBehind(start)) prime(start, out);
    }

    private void prime(EventId at, OutputStream out) throws IOException {
        out.write(EventStreamFormat.priming(at.toPrimingText()));
        moveTo(at);
    }

    // No delay at the end of the session: the client must not reconnect.
    @Override
    public void end(StreamEnd end, OutputStream out) throws IOException {
        if (end.isGraceful()) out.write(retry(RETRY_MIN_MILLIS, RETRY_MAX_MILLIS));
        if (end == StreamEnd.TAKEN_OVER) out.write(retry(TAKEN_OVER_MIN_MILLIS, TAKEN_OVER_MAX_MILLIS));
    }

    // The delay is random, so that clients do not reconnect in lockstep.
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
