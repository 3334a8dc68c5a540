package dev.mcpsession.benchmarks.wire;

import java.io.IOException;

/// A server of event streams. Events are numbered from 1.
public interface StreamServer extends AutoCloseable {

    /// The path at which clients create sessions and open streams.
    String PATH = "/mcp";

    /// The first bytes of a stream, sent once it is subscribed.
    String CONNECTED = ": connected\n\n";

    /// How a client opens a stream.
    enum Opening {
        /// It creates a session and sends a GET, which is answered by [#CONNECTED].
        SESSION,
        /// It creates a session and sends a GET, which is not answered before the first event.
        SILENT_SESSION,
        /// It sends a GET; the server has no sessions.
        NO_SESSION
    }

    /// Starts a server.
    @FunctionalInterface
    interface Opener {

        /// Starts a server on loopback.
        ///
        /// @return a server without streams
        /// @throws IOException if it cannot listen
        StreamServer open() throws IOException;
    }

    /// {@return how a client opens a stream}
    default Opening opening() {
        return Opening.SESSION;
    }

    /// {@return the port on loopback}
    int port();

    /// Publishes one event to every stream.
    ///
    /// @param event the event
    void publish(StreamEvent event);

    /// {@return the number of open streams, which get what is published; one whose client has left may count until a write to it fails}
    int streams();

    /// {@return the number of lost events, summed over the streams; exact once all is quiet, and 0 where it is unknown}
    default long lost() {
        return 0;
    }

    @Override
    void close();
}
