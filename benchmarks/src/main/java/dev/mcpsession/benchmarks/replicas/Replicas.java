package dev.mcpsession.benchmarks.replicas;

/// Two replicas of a server that share a database. Events are published on the first, for one reader on the second.
public interface Replicas extends AutoCloseable {

    /// The reader on the second replica. Called by one thread.
    interface Reader {

        /// Called when an event has arrived.
        ///
        /// @param text the event's text, as published
        void arrived(String text);

        /// Called when events are known to be lost.
        ///
        /// @param events the number of lost events
        void lost(long events);
    }

    /// Publishes one event on the first replica, and returns when it is committed. Thread-safe.
    ///
    /// @param text the event's text
    void publish(String text);

    @Override
    void close();
}
