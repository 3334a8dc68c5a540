package dev.mcpsession.postgres;

import java.time.Duration;

/// How patient a [PostgresBroadcaster] is, and how much of its log it keeps. Immutable.
///
/// @param publishTimeout   how long `publish` waits for the database
/// @param subscribeTimeout how long `subscribe` waits for its place in the order
/// @param answerTimeout    how long a connection, and the answer to one statement, may take; the server gives up after three quarters
///                         of it. The first connections have 30 s
/// @param heartbeat        how often the log is read though nothing has told of anything new
/// @param maxWaiting       how many publishes may wait at once, without ends of sessions; 64 MiB of them at most
/// @param keptEvents       how many entries of the log are kept
/// @param keptFor          how long an entry is kept; the newest stays
/// @param maxReplayed      how many events are read from the database, at most, for one client that comes back
public record PostgresOptions(
        Duration publishTimeout,
        Duration subscribeTimeout,
        Duration answerTimeout,
        Duration heartbeat,
        int maxWaiting,
        long keptEvents,
        Duration keptFor,
        int maxReplayed) {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LONGEST_KEPT = Duration.ofDays(36_525);

    /// 5 s, 2.5 s, 2 s and 5 s; 10,000 that wait; 100,000 entries and 1 h; 10,000 replayed.
    public static final PostgresOptions DEFAULT = new PostgresOptions(
            Duration.ofSeconds(5), Duration.ofMillis(2_500), Duration.ofSeconds(2), Duration.ofSeconds(5),
            10_000, 100_000, Duration.ofHours(1), 10_000);

    /// Checks every value.
    ///
    /// @throws IllegalArgumentException if a number is not positive, or a time is not between 1 ms and 1 day; `keptFor` may be
    ///                                  longer, and `maxReplayed` 0
    public PostgresOptions {
        requireTime("publishTimeout", publishTimeout, LONGEST);
        requireTime("subscribeTimeout", subscribeTimeout, LONGEST);
        requireTime("answerTimeout", answerTimeout, LONGEST);
        requireTime("heartbeat", heartbeat, LONGEST);
        requireTime("keptFor", keptFor, LONGEST_KEPT);
        requireAtLeast("maxWaiting", maxWaiting, 1);
        requireAtLeast("keptEvents", keptEvents, 1);
        requireAtLeast("maxReplayed", maxReplayed, 0);
    }

    /// The same with other limits of waiting.
    ///
    /// @param publish   how long `publish` waits
    /// @param subscribe how long `subscribe` waits
    /// @param answer    how long an answer of the database may take
    /// @return new options
    public PostgresOptions withTimeouts(Duration publish, Duration subscribe, Duration answer) {
        return new PostgresOptions(publish, subscribe, answer, heartbeat, maxWaiting, keptEvents, keptFor, maxReplayed);
    }

    /// The same with another heartbeat.
    ///
    /// @param value the new value
    /// @return new options
    public PostgresOptions withHeartbeat(Duration value) {
        return new PostgresOptions(
                publishTimeout, subscribeTimeout, answerTimeout, value, maxWaiting, keptEvents, keptFor, maxReplayed);
    }

    /// The same with another bound of what may wait.
    ///
    /// @param value the new value
    /// @return new options
    public PostgresOptions withMaxWaiting(int value) {
        return new PostgresOptions(
                publishTimeout, subscribeTimeout, answerTimeout, heartbeat, value, keptEvents, keptFor, maxReplayed);
    }

    /// The same with another retention.
    ///
    /// @param events how many entries are kept
    /// @param time   how long
    /// @return new options
    public PostgresOptions withRetention(long events, Duration time) {
        return new PostgresOptions(
                publishTimeout, subscribeTimeout, answerTimeout, heartbeat, maxWaiting, events, time, maxReplayed);
    }

    /// The same with another bound of what is replayed from the database.
    ///
    /// @param value the new value; 0: only what is in memory is replayed
    /// @return new options
    public PostgresOptions withMaxReplayed(int value) {
        return new PostgresOptions(
                publishTimeout, subscribeTimeout, answerTimeout, heartbeat, maxWaiting, keptEvents, keptFor, value);
    }

    private static void requireTime(String name, Duration value, Duration longest) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(name + " must be 1 ms to " + longest.toDays() + " days: " + value);
        }
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
    }
}
