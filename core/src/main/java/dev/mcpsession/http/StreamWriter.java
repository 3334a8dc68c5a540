package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// How an event stream speaks to its client: what it says at the beginning, of an event, of a loss and at the end. One for each
/// era; what does not differ, such as the comment in a silence, is the stream's.
///
/// Used by the thread that writes the stream.
sealed interface StreamWriter permits ListenStreamWriter, SessionStreamWriter {

    /// Begins; flushed at once, so that the client sees the headers.
    void begin(OutputStream out) throws IOException;

    void write(Delivery.Next event, OutputStream out) throws IOException;

    void lagged(long missed, long messages, OutputStream out) throws IOException;

    /// Something has been written, and there is nothing more for now.
    default void caughtUp(OutputStream out) throws IOException {}

    /// Says what there is to say at an end that the client is still there to hear.
    void end(StreamEnd end, OutputStream out) throws IOException;

    /// The session that the stream belongs to.
    default Optional<SessionId> session() {
        return Optional.empty();
    }

    /// The caller that opened the stream without a session.
    default Optional<Owner> listener() {
        return Optional.empty();
    }

    /// Names the stream for the log.
    @Override
    String toString();
}
