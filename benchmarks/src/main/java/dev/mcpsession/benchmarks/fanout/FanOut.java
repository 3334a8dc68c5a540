package dev.mcpsession.benchmarks.fanout;

/// A way to bring each event to many readers, of which each blocks in a thread of its own.
///
/// The smallest interface that all designs have in common. None of them waits for a slow reader: it loses events instead.
public interface FanOut extends AutoCloseable {

    /// One reader's end. Used by one thread.
    interface Reader {

        /// Waits for the next event. What was lost before it is added to [FanOut#lost()].
        ///
        /// @throws InterruptedException if the reader was interrupted, which ends it
        void take() throws InterruptedException;

        /// Takes an event, or a loss, if there is one.
        ///
        /// @return whether there was anything
        boolean poll();
    }

    /// Adds a reader of everything that is published from now on.
    ///
    /// @return the new reader
    Reader subscribe();

    /// Adds a subscriber that nobody reads, without anything around it that a reader here would have.
    ///
    /// @return what keeps the subscription
    default Object register() {
        return subscribe();
    }

    /// Publishes one event to every reader.
    void publish();

    /// How many events readers did not get, summed over the readers.
    ///
    /// @return a counter, exact once all is quiet
    long lost();

    @Override
    void close();
}
