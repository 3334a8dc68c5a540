package dev.mcpsession.benchmarks.wire;

import java.io.IOException;

/// A server of event streams. Events are numbered from 1.
public interface StreamServer extends AutoCloseable {

    /// The path at which clients create sessions and open streams.
    String PATH = "/mcp";

    /// The first bytes of a stream, sent once it is subscribed.
    String CONNECTED = ": connected\n\n";

    /// Starts a server.
    @FunctionalInterface
    interface Opener {

        /// Starts a server on loopback.
        ///
        /// @return a server without streams
        /// @throws IOException if it cannot listen
        StreamServer open() throws IOException;
    }

    /// {@return the port on loopback}
    int port();

    /// Publishes one event to every stream.
    ///
    /// @param sequence the event's number
    void publish(int sequence);

    /// {@return the number of open streams; one whose client has left may count until a write to it fails}
    int streams();

    /// {@return the number of lost events, summed over the streams; exact once all is quiet}
    long lost();

    @Override
    void close();
}
