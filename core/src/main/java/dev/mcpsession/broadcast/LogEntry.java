package dev.mcpsession.broadcast;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Heading;

/// One entry of a [Ring], with its number there and its position in the order of everything.
sealed interface LogEntry {

    long ordinal();

    long position();

    /// The number of messages in this ring since the start, up to and including this entry.
    long messages();

    /// Upper bound on the memory of this entry, wherever the log keeps it, in bytes.
    int bytes();

    /// An event for clients; the delivery is created once and handed to every reader.
    ///
    /// @param publishedAt the moment by the log's nanosecond clock
    record Notification(long ordinal, long position, long messages, long publishedAt, Delivery.Next delivery) implements LogEntry {

        /// The objects around the texts and the frame, and a place in a ring and in a table by key.
        private static final int OVERHEAD = 512;

        Heading heading() {
            return delivery.frame().heading();
        }

        @Override
        public int bytes() {
            return OVERHEAD + heading().bytes() + delivery.frame().length();
        }
    }

    /// The numbering started over here, so events that this log has never seen may be lost. Never reaches a client: a reader gets
    /// [Delivery.Lagged] instead.
    record NewEpoch(long ordinal, long position, long messages) implements LogEntry {

        @Override
        public int bytes() {
            return 0;
        }
    }
}
