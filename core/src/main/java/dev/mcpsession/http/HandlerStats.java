package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.BroadcasterStats;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gauges and counters of an endpoint at one moment. Immutable.
///
/// Counters begin at zero with the handler, and everything but [StoreCounts] is about this process: add up replicas. Reading them queries
/// nothing, so they are available while a database is away. Gauges of a store are as old as they say.
///
/// @param sessions          the sessions
/// @param streams           the event streams
/// @param events            the broadcaster's own; all zero without a broadcaster
/// @param calls             forwarded calls in progress, without streams
/// @param refused           requests refused, by cause; every cause is present
/// @param storeFailed       how often the session store failed, by what it was to do; each is present
/// @param broadcasterFailed how often the broadcaster failed, by what it was to do; each is present
public record HandlerStats(
        OfSessions sessions, OfStreams streams, BroadcasterStats events, long calls, Map<Refusal, Long> refused,
        Map<StoreTask, Long> storeFailed, Map<BroadcasterTask, Long> broadcasterFailed) {

    /// Copies the counts.
    public HandlerStats {
        refused = copy(refused);
        storeFailed = copy(storeFailed);
        broadcasterFailed = copy(broadcasterFailed);
    }

    /// {@return how often the session store failed}
    public long storeFailures() {
        return sum(storeFailed);
    }

    /// {@return how often the broadcaster failed}
    public long broadcasterFailures() {
        return sum(broadcasterFailed);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /// {@return calls and streams in progress}
    public long underWay() {
        return calls + streams.open();
    }

    /// The sessions.
    ///
    /// @param inUse    sessions that a call or a stream of this process uses, or has used since the last tick
    /// @param created  sessions created
    /// @param revived  requests that revived an expired session; of concurrent requests, each counts
    /// @param ended    sessions ended, by cause; every cause is present. A replica counts the sessions that it ended, so add up replicas
    /// @param duration the age of sessions at their end. Expired ones are not in it: a store reports their ids only
    /// @param store    how many sessions the store has; empty until it has answered once
    public record OfSessions(
            int inUse, long created, long revived, Map<SessionEnd, Long> ended, Histogram duration, Optional<StoreCounts> store) {

        /// Copies the counts.
        public OfSessions {
            ended = copy(ended);
        }
    }

    /// How many sessions a store had at the last tick, once per [dev.mcpsession.SessionPolicy#touchInterval()]. Replicas that share a store
    /// all have the same sessions, so do not add them up.
    ///
    /// @param live sessions that are alive
    /// @param held sessions that are held, including expired ones that can be revived
    /// @param age  how long ago that was
    public record StoreCounts(long live, long held, Duration age) {}

    /// The event streams.
    ///
    /// @param open         streams that are open or being opened
    /// @param opened       streams opened
    /// @param ended        streams ended, by cause; every cause is present
    /// @param delivered    events written to clients
    /// @param lagged       events that clients missed
    /// @param lostMessages upper bound on the messages among them, which nothing replaces
    /// @param duration     the age of streams at their end
    /// @param writeTime    how long clients took to accept a write, which may hold many events, or a heartbeat. A write that failed is
    ///                     in `ended`
    /// @param lag          the time from an event's encoding in this process until it was written; of a write with many events, that of
    ///                     the first. Events from before the stream was opened are not in it
    public record OfStreams(
            int open, long opened, Map<StreamEnd, Long> ended, long delivered, long lagged, long lostMessages, Histogram duration,
            Histogram writeTime, Histogram lag) {

        private static final Duration SLOW = Duration.ofSeconds(1);

        /// Copies the counts.
        public OfStreams {
            ended = copy(ended);
        }

        /// {@return how many writes took longer than a second}
        public long slowWrites() {
            return writeTime.longerThan(SLOW);
        }
    }

    /// An event stream that is open in this process. Immutable.
    ///
    /// @param session      its session; empty for a listen
    /// @param owner        the owner of the session, or the caller of the listen; possibly anonymous
    /// @param age          how long it has been open
    /// @param events       events written to the client
    /// @param slowestWrite the longest time that the client took to accept a write, including one that is in progress
    public record OpenStream(Optional<SessionId> session, Owner owner, Duration age, long events, Duration slowestWrite) {}

    /// How long something took, since the start. Immutable.
    ///
    /// @param atMost for each of some durations, how often it took at most that long; ascending, so each count includes those before it
    /// @param count  how often it happened
    /// @param total  the sum of all durations
    public record Histogram(SortedMap<Duration, Long> atMost, long count, Duration total) {

        /// Copies the counts.
        public Histogram {
            atMost = Collections.unmodifiableSortedMap(new TreeMap<>(atMost));
        }

        /// {@return how often it took longer than this}
        /// @param duration one of the durations of [#atMost]
        /// @throws IllegalArgumentException if it is none of them
        public long longerThan(Duration duration) {
            var within = atMost.get(duration);
            if (within == null) throw new IllegalArgumentException("duration must be one of " + atMost.keySet() + ": " + duration);
            return count - within;
        }
    }

    /// Why a session ended.
    public enum SessionEnd {
        /// Its client deleted it.
        DELETED,
        /// It was not used for its time to live, reached its maximum age, or was not used after `initialize`. Its owner may revive it.
        EXPIRED,
        /// Its owner created more sessions than are allowed, and this was the one least missed.
        EVICTED,
        /// Its owner was logged out by [SessionHandler#deleteAll].
        LOGGED_OUT,
        /// The application or an operator ended it by [SessionHandler#endSession].
        ENDED,
        /// The application's answer to its `initialize` was no success.
        INITIALIZE_FAILED,
        /// A message was lost, and the endpoint is configured to end the session in that case.
        MESSAGE_LOST
    }

    /// Why a request was refused.
    public enum Refusal {
        /// It is malformed, or not for this endpoint: 400, 405, 406, 413 and 415, and 404 for another path.
        INVALID,
        /// Its `Host` or `Origin` is not allowed: 403.
        HOST,
        /// The [OwnerResolver] challenged the caller.
        CHALLENGED,
        /// The caller has no such session: 404. Its client initializes again.
        NO_SESSION,
        /// There are too many sessions: 503.
        STORE_FULL,
        /// Its owner has too many sessions, and none could be evicted in time: 503.
        OWNER_FULL,
        /// There are too many streams: 503.
        STREAMS_FULL,
        /// The endpoint is closing: 503.
        CLOSING,
        /// The session store failed: 503.
        STORE_FAILED,
        /// The broadcaster failed: 503.
        BROADCASTER_FAILED
    }

    /// What a session store was to do.
    public enum StoreTask {
        /// Answer a request, which got 503.
        ANSWER,
        /// Delete a session that is no longer needed, which is left to expire.
        DELETE,
        /// Keep sessions with calls or streams alive. The next tick tries again.
        KEEP_ALIVE,
        /// Remove what has expired. The next tick tries again.
        SWEEP,
        /// Count the sessions. The endpoint is not ready until that succeeds.
        COUNT,
        /// Something else of a tick. The log has a stack trace.
        OTHER
    }

    /// What a broadcaster was to do.
    public enum BroadcasterTask {
        /// Open a stream, whose request got 503.
        OPEN,
        /// End the streams of sessions that have ended. The next tick tries again.
        END
    }

    private static <C extends Enum<C>> Map<C, Long> copy(Map<C, Long> counts) {
        return Collections.unmodifiableMap(new EnumMap<>(counts));
    }
}
