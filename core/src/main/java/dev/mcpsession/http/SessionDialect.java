package dev.mcpsession.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// The stream of a session: events with an id, to be resumed from. Of the milliseconds after which a client may come back each
/// stream says others, lest all come at once.
///
/// @param session  the session's id
/// @param position where a client is told that the stream begins, so that it can resume before the first event; or empty for one
///                 that would not understand
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#resumability-and-redelivery">MCP
///      2025-11-25, Resumability and Redelivery</a>
record SessionDialect(SessionId session, Optional<EventId> position) implements Dialect {

    private static final int RETRY_MIN_MILLIS = 500;
    private static final int RETRY_MAX_MILLIS = 2_500;

    @Override
    public void begin(OutputStream out) throws IOException {
        var primed = position.map(id -> "id: " + id + "\nretry: " + retryMillis() + "\ndata:\n\n").orElse("");
        say(": connected\n\n" + primed, out);
    }

    @Override
    public void write(Delivery.Next event, OutputStream out) throws IOException {
        event.encoded().writeTo(out);
    }

    @Override
    public void lagged(long missed, long messages, OutputStream out) throws IOException {
        say(": lagged, " + missed + " events missed\n\n", out);
    }

    /// After some ends the client is to come back.
    @Override
    public void end(StreamEnd end, OutputStream out) throws IOException {
        if (end.isGraceful()) say("retry: " + retryMillis() + "\n\n", out);
    }

    private static int retryMillis() {
        return ThreadLocalRandom.current().nextInt(RETRY_MIN_MILLIS, RETRY_MAX_MILLIS);
    }

    private static void say(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "the stream of session " + session;
    }
}
