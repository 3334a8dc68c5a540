package dev.mcpsession.benchmarks.wire;

/// A server of event streams. Events are numbered from 1.
public interface StreamServer extends AutoCloseable {

    /// Where clients begin sessions and open streams.
    String PATH = "/mcp";

    /// What a client gets once it is subscribed.
    String CONNECTED = ": connected\n\n";

    /// Where it listens on loopback.
    ///
    /// @return the port
    int port();

    /// Publishes one event to every stream.
    ///
    /// @param sequence its number
    void publish(int sequence);

    /// How many streams it has. One whose client has left may count until an event could not be written to it.
    ///
    /// @return a gauge
    int streams();

    /// How many events streams did not get, summed over the streams.
    ///
    /// @return a counter, exact once all is quiet
    long lost();

    @Override
    void close();
}
