package dev.mcpsession.postgres;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.broadcast.History;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/// The log of events as far as the table keeps it, for readers that come back. Safe for use by many threads.
///
/// One reader at a time reads one page, in order of arrival: however many clients resume together, connections and processor time are
/// left for requests. A waiting reader holds no connection. Two readers at a time were rejected: on two processors they left none.
final class EventHistory {

    private static final int PAGE_ROWS = 1_000;
    private static final long PAGE_SIZE = 1 << 20;

    private final Semaphore turn = new Semaphore(1, true);
    private final Database database;
    private final int maxReplayed;
    private final Duration heartbeat;
    private final Duration decision;

    /// @param heartbeat how long a reader waits for its turn before it returns to send a heartbeat
    EventHistory(Database database, PostgresOptions options, Duration heartbeat) {
        this.database = database;
        this.heartbeat = heartbeat;
        decision = options.subscribeTimeout().dividedBy(4);
        maxReplayed = options.maxReplayed();
    }

    /// {@return the newest number}
    ///
    /// @throws BroadcasterException if it cannot be read
    long last() {
        return call(LogTable::head).last();
    }

    /// Whether everything after a position that this reader may want is still there, and not more than one reader may have. Events for
    /// others do not count. If it is not the reader's turn in time, the answer is yes; a loss that shows later is reported then.
    ///
    /// @throws BroadcasterException if the log cannot be read
    boolean holds(EventFilter filter, EventId after) {
        try {
            if (!turn.tryAcquire(decision.toNanos(), NANOSECONDS)) return maxReplayed > 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BroadcasterException("interrupted", e);
        }
        try {
            return call(on -> LogTable.holds(on, filter, after, maxReplayed));
        } finally {
            turn.release();
        }
    }

    /// {@return what one reader is given}
    History of(EventFilter filter) {
        return new Past(filter);
    }

    /// Events for others, and controls, are numbers without content.
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
            var past = call(on -> LogTable.read(on, filter, after.sequence(), upTo.sequence(), PAGE_ROWS, PAGE_SIZE));
            if (!past.epoch().equals(after.epoch())) return new Page(after, List.of(), upTo);
            var from = past.gone() > after.sequence()
                    ? after : at(after, Math.min(upTo.sequence(), Math.max(after.sequence(), past.oldest())));
            var given = past.rows().stream().takeWhile(row -> row.columns() == null || left-- > 0).toList();
            var isRest = given.isEmpty() || given.size() < past.rows().size(); // what is not there, or more than this reader may have
            return new Page(from, given.stream().flatMap(row -> entry(after.epoch(), row)).toList(),
                    isRest ? upTo : at(after, given.getLast().id()));
        }
    }

    private static EventId at(EventId place, long sequence) {
        return new EventId(place.epoch(), sequence);
    }

    /// {@return the entry, unless it is lost}
    private static Stream<History.Entry> entry(String epoch, LogTable.Row row) {
        var id = new EventId(epoch, row.id());
        if (row.columns() == null || row.isLife()) {
            return Stream.of(new History.Entry(id, row.prior(), Optional.empty()));
        }
        if (row.columns().kind() == RecordColumns.LOST) return Stream.empty();
        return row.record(epoch, "its subscription reports a loss").stream().map(record ->
                new History.Entry(id, row.prior(), Optional.of(((LogRecord.Published) record).event())));
    }

    private <T> T call(Database.Work<T> work) {
        try {
            return database.call(work);
        } catch (SQLException e) {
            throw SqlFailure.unreadable(e);
        }
    }
}
