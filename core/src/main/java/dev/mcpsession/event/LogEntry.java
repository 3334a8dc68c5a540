package dev.mcpsession.event;

/// One entry of a [Ring]: its number there and its position in the order of everything.
sealed interface LogEntry {

    long ordinal();

    long position();

    /// How many messages stand in this ring up to and including this entry.
    long messages();

    int bytes();

    /// An event for clients; the delivery is made once and handed to every reader.
    record Notification(long ordinal, long position, long messages, Delivery.Next delivery) implements LogEntry {

        @Override
        public int bytes() {
            return delivery.encoded().length();
        }

        Event event() {
            return delivery.event();
        }
    }

    /// The numbering began anew here, so events may be lost that this log has never seen. Never reaches a client: a reader is
    /// told [Delivery.Lagged].
    record NewEpoch(long ordinal, long position, long messages) implements LogEntry {

        @Override
        public int bytes() {
            return 0;
        }
    }
}
