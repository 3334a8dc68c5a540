package dev.mcpsession.postgres;

import static dev.mcpsession.Checks.require;

import java.time.Duration;

/// How long a [PostgresBroadcaster] waits for the database, and how much of its log it keeps. Immutable.
public final class PostgresOptions {

    /// 5 s, 2.5 s, 2 s and 5 s; 10,000 waiting publishes; 100,000 entries and 1 h; 10,000 replayed.
    public static final PostgresOptions DEFAULT = new Builder().build();

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Duration publishTimeout;
    private final Duration subscribeTimeout;
    private final Duration answerTimeout;
    private final Duration heartbeat;
    private final int maxWaiting;
    private final long keptEvents;
    private final Duration keptFor;
    private final int maxReplayed;

    private PostgresOptions(Builder values) {
        publishTimeout = values.publishTimeout;
        subscribeTimeout = values.subscribeTimeout;
        answerTimeout = values.answerTimeout;
        heartbeat = values.heartbeat;
        maxWaiting = values.maxWaiting;
        keptEvents = values.keptEvents;
        keptFor = values.keptFor;
        maxReplayed = values.maxReplayed;
    }

    /// {@return a builder that has the values of [#DEFAULT]}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return a builder that has the values of these options}
    public Builder toBuilder() {
        return builder().publishTimeout(publishTimeout).subscribeTimeout(subscribeTimeout).answerTimeout(answerTimeout)
                .heartbeat(heartbeat).maxWaiting(maxWaiting).keptEvents(keptEvents).keptFor(keptFor).maxReplayed(maxReplayed);
    }

    /// {@return how long `publish` waits for the database}
    public Duration publishTimeout() {
        return publishTimeout;
    }

    /// {@return how long `subscribe` waits for its place in the order of events}
    public Duration subscribeTimeout() {
        return subscribeTimeout;
    }

    /// {@return how long opening a connection, or the answer to one statement, may take; the server cancels a statement after three
    ///          quarters of it, and the first connections have 30 s}
    public Duration answerTimeout() {
        return answerTimeout;
    }

    /// {@return how often the log is read although no notification has arrived}
    public Duration heartbeat() {
        return heartbeat;
    }

    /// {@return how many publishes, 64 MiB of them at most, may wait at once; ends of sessions are not counted}
    public int maxWaiting() {
        return maxWaiting;
    }

    /// {@return how many entries of the log are kept}
    public long keptEvents() {
        return keptEvents;
    }

    /// {@return how long an entry of the log is kept; the newest is kept permanently}
    public Duration keptFor() {
        return keptFor;
    }

    /// {@return how many events are read from the database, at most, for one client that resumes; 0: events in memory alone are replayed}
    public int maxReplayed() {
        return maxReplayed;
    }

    @Override
    public String toString() {
        return "PostgresOptions[publishTimeout=" + publishTimeout + ", subscribeTimeout=" + subscribeTimeout
                + ", answerTimeout=" + answerTimeout + ", heartbeat=" + heartbeat + ", maxWaiting=" + maxWaiting
                + ", keptEvents=" + keptEvents + ", keptFor=" + keptFor + ", maxReplayed=" + maxReplayed + "]";
    }

    /// Builds [PostgresOptions]. Not thread-safe.
    public static final class Builder {

        private Duration publishTimeout = Duration.ofSeconds(5);
        private Duration subscribeTimeout = Duration.ofMillis(2_500);
        private Duration answerTimeout = Duration.ofSeconds(2);
        private Duration heartbeat = Duration.ofSeconds(5);
        private int maxWaiting = 10_000;
        private long keptEvents = 100_000;
        private Duration keptFor = Duration.ofHours(1);
        private int maxReplayed = 10_000;

        private Builder() {}

        /// {@return this builder}
        /// @param value 1 ms to 1 day; see [PostgresOptions#publishTimeout()]
        public Builder publishTimeout(Duration value) {
            publishTimeout = time("publishTimeout", value, 1);
            return this;
        }

        /// {@return this builder}
        /// @param value 1 ms to 1 day; see [PostgresOptions#subscribeTimeout()]
        public Builder subscribeTimeout(Duration value) {
            subscribeTimeout = time("subscribeTimeout", value, 1);
            return this;
        }

        /// {@return this builder}
        /// @param value 1 ms to 1 day; see [PostgresOptions#answerTimeout()]
        public Builder answerTimeout(Duration value) {
            answerTimeout = time("answerTimeout", value, 1);
            return this;
        }

        /// {@return this builder}
        /// @param value 1 ms to 1 day; see [PostgresOptions#heartbeat()]
        public Builder heartbeat(Duration value) {
            heartbeat = time("heartbeat", value, 1);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [PostgresOptions#maxWaiting()]
        public Builder maxWaiting(int value) {
            require(value >= 1, "maxWaiting must be at least 1", value);
            maxWaiting = value;
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [PostgresOptions#keptEvents()]
        public Builder keptEvents(long value) {
            require(value >= 1, "keptEvents must be at least 1", value);
            keptEvents = value;
            return this;
        }

        /// {@return this builder}
        /// @param value 1 ms to 100 years; see [PostgresOptions#keptFor()]
        public Builder keptFor(Duration value) {
            keptFor = time("keptFor", value, 36_525);
            return this;
        }

        /// {@return this builder}
        /// @param value not negative; see [PostgresOptions#maxReplayed()]
        public Builder maxReplayed(int value) {
            require(value >= 0, "maxReplayed must be at least 0", value);
            maxReplayed = value;
            return this;
        }

        /// {@return the options}
        public PostgresOptions build() {
            return new PostgresOptions(this);
        }

        private static Duration time(String name, Duration value, int days) {
            var valid = value.compareTo(SHORTEST) >= 0 && value.compareTo(Duration.ofDays(days)) <= 0;
            require(valid, name + " must be 1 ms to " + days + " days", value);
            return value;
        }
    }
}
