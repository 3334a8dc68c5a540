package dev.mcpsession.benchmarks.fanout;

/// Delivers each event to many readers, each of which blocks in its own thread.
///
/// This is the smallest interface that all designs have in common. No design waits for a slow reader, which loses events instead.
public interface FanOut extends AutoCloseable {

    /// The reading end of one subscriber. Used by one thread.
    interface Reader {

        /// Waits for the next event. Events lost before it are added to [FanOut#lost()].
        ///
        /// @throws InterruptedException if the reader was interrupted, which ends it
        void take() throws InterruptedException;

        /// Takes an event or a loss if there is one, without waiting.
        ///
        /// @return whether there was one
        boolean poll();
    }

    /// Adds a reader of all events that are published from now on.
    ///
    /// @return the new reader
    Reader subscribe();

    /// Adds a subscriber that is never read, without the objects that a [Reader] needs.
    ///
    /// @return an object that keeps the subscription
    default Object register() {
        return subscribe();
    }

    /// Publishes one event to every reader.
    void publish();

    /// {@return the number of lost events, summed over the readers; exact once all is quiet}
    long lost();

    @Override
    void close();
}
