package dev.mcpsession.broadcast;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Heading;

/// One entry of a [Ring]: its number there and its position in the order of everything.
sealed interface LogEntry {

    long ordinal();

    long position();

    /// How many messages stand in this ring up to and including this entry.
    long messages();

    /// Upper bound on the memory that this entry takes, wherever the log keeps it.
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

    /// The numbering started over here, so events may be lost that this log has never seen. Never reaches a client: its reader gets
    /// [Delivery.Lagged].
    record NewEpoch(long ordinal, long position, long messages) implements LogEntry {

        @Override
        public int bytes() {
            return 0;
        }
    }
}
