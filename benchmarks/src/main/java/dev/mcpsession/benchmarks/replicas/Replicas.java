package dev.mcpsession.benchmarks.replicas;

/// Two replicas of a server that share a database: what is published on the first is for one reader on the second.
public interface Replicas extends AutoCloseable {

    /// Who reads on the second replica. Told by one thread.
    interface Reader {

        /// An event has arrived.
        ///
        /// @param text as it was published
        void arrived(String text);

        /// Some events never will.
        ///
        /// @param events how many
        void lost(long events);
    }

    /// Publishes one event on the first replica, and returns when it is committed. May be called by many threads.
    ///
    /// @param text what it says
    void publish(String text);

    @Override
    void close();
}
