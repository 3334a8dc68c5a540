package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.broadcast.History;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;

/// The log of events as far as the table keeps it, for readers that come back. Safe for use by many threads.
///
/// One reader at a time reads one page, in order of arrival: however many clients resume together, connections and processor time are
/// left for requests. A waiting reader holds no connection. Two readers at a time were rejected: on two processors they left none.
final class EventHistory {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());
    private static final int PAGE_ROWS = 1_000;
    private static final long PAGE_SIZE = 1 << 20;

    private final Semaphore turn = new Semaphore(1, true);
    private final DataSource source;
    private final Patience patience;
    private final int maxReplayed;
    private final Duration heartbeat;
    private final Duration decision;

    /// @param heartbeat how long a reader waits for its turn before it returns to send a heartbeat
    EventHistory(DataSource source, PostgresOptions options, Duration heartbeat) {
        this.source = source;
        this.heartbeat = heartbeat;
        patience = new Patience(options.answerTimeout());
        decision = options.subscribeTimeout().dividedBy(4);
        maxReplayed = options.maxReplayed();
    }

    /// The newest number.
    ///
    /// @throws BroadcasterException if it cannot be asked for
    long last() {
        return call(LogTable::head).last();
    }

    /// Whether everything after a position that this reader may want is still there, and not more than one reader may have. Events for
    /// others do not count. If it is not the reader's turn in time, the answer is yes; a loss that shows later is reported then.
    ///
    /// @throws BroadcasterException if this cannot be asked for
    boolean holds(EventFilter filter, EventId after) {
        try {
            if (!turn.tryAcquire(decision.toNanos(), NANOSECONDS)) return maxReplayed > 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BroadcasterException("interrupted", e);
        }
        try {
            return call(on -> PastEvents.follow(on, filter, after, maxReplayed));
        } finally {
            turn.release();
        }
    }

    /// What one reader is given.
    History of(EventFilter filter) {
        return new Past(filter);
    }

    private final class Past implements History {

        private final EventFilter filter;
        private int left = maxReplayed;

        Past(EventFilter filter) {
            this.filter = filter;
        }

        @Override
        public Optional<Page> read(EventId after, EventId upTo) throws InterruptedException {
            if (!turn.tryAcquire(heartbeat.toNanos(), NANOSECONDS)) return Optional.empty();
            try {
                return Optional.of(page(after, upTo));
            } finally {
                turn.release();
            }
        }

        private Page page(EventId after, EventId upTo) {
            var past = call(on -> PastEvents.read(on, filter, after.sequence(), upTo.sequence(), PAGE_ROWS, PAGE_SIZE));
            if (!past.epoch().equals(after.epoch())) return new Page(after, List.of(), upTo);
            var from = past.isGone(after.sequence())
                    ? after : at(after, Math.min(upTo.sequence(), Math.max(after.sequence(), past.oldest())));
            var given = past.rows().stream().takeWhile(row -> !row.isWanted() || left-- > 0).toList();
            var isRest = given.isEmpty() || given.size() < past.rows().size(); // what is not there, or more than this reader may have
            return new Page(from, given.stream().flatMap(row -> entry(at(after, row.id()), row).stream()).toList(),
                    isRest ? upTo : at(after, given.getLast().id()));
        }
    }

    private static EventId at(EventId place, long sequence) {
        return new EventId(place.epoch(), sequence);
    }

    private static Optional<History.Entry> entry(EventId id, PastEvents.Row row) {
        if (!row.isWanted()) return Optional.of(new History.Entry(id, Optional.empty()));
        try {
            return Optional.of(new History.Entry(id, event(row.columns().record())));
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> "entry " + id + " of the log cannot be read by this version; its reader is told of a loss", e);
            return Optional.empty();
        }
    }

    private static Optional<Event> event(LogRecord entry) {
        return entry instanceof LogRecord.Published(var event) ? Optional.of(event) : Optional.empty();
    }

    private interface Question<T> {
        T of(Statements on) throws SQLException;
    }

    private <T> T call(Question<T> question) {
        try {
            return patience.call(source, connection -> question.of(patience.on(connection)));
        } catch (SQLException e) {
            var failure = SqlFailure.of(e);
            throw new BroadcasterException("the log of events cannot be read: " + failure.reason(), failure.cause());
        }
    }
}
