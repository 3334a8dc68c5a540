package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// Writes the parts in which the event streams of the two eras differ: the beginning, an event, a loss and the end. Used by the thread
/// that writes the stream.
sealed interface StreamWriter permits ListenStreamWriter, SessionStreamWriter {

    /// Writes the beginning.
    void begin(OutputStream out) throws IOException;

    void write(Delivery.Next event, OutputStream out) throws IOException;

    void lagged(Delivery.Lagged lagged, OutputStream out) throws IOException;

    /// Called after events or losses were written, once nothing more is available.
    default void caughtUp(OutputStream out) throws IOException {}

    /// Writes the end, if the client is still there.
    void end(StreamEnd end, OutputStream out) throws IOException;

    /// {@return the session that the stream belongs to, if it is not a listen}
    default Optional<SessionId> session() {
        return Optional.empty();
    }

    /// {@return the caller, if the stream is a listen}
    default Optional<Owner> listener() {
        return Optional.empty();
    }

    /// {@return the stream's name in log lines}
    @Override
    String toString();
}
