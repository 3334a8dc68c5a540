package dev.mcpsession.postgres;

import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.History;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/// The log of events as far as the table keeps it. Safe for use by many threads.
final class EventHistory implements History {

    private static final System.Logger LOG = System.getLogger(PostgresBroadcaster.class.getName());
    private static final int PAGE_ROWS = 200;
    private static final long PAGE_SIZE = 1 << 20;

    private final DataSource source;
    private final Patience patience;
    private final int maxReplayed;

    EventHistory(DataSource source, PostgresBroadcasterOptions options) {
        this.source = source;
        patience = new Patience(options.answerTimeout());
        maxReplayed = options.maxReplayed();
    }

    /// The newest number.
    ///
    /// @throws BroadcasterException if it cannot be asked for
    long last() {
        return call(connection -> EventTable.read(connection, Long.MAX_VALUE, 1, 0)).last();
    }

    /// Whether all that followed is there, and not more than one reader may have.
    ///
    /// @throws BroadcasterException if this cannot be asked for
    boolean holds(EventId after) {
        return call(connection -> {
            var head = EventTable.read(connection, Long.MAX_VALUE, 1, 0);
            return head.epoch().equals(after.epoch())
                    && mayReplay(after, new EventId(head.epoch(), head.last()))
                    && EventTable.oldest(connection) <= after.sequence();
        });
    }

    /// Whether this is not more than one reader may have.
    boolean mayReplay(EventId after, EventId upTo) {
        return upTo.sequence() - after.sequence() <= maxReplayed;
    }

    @Override
    public Page read(EventId after, EventId upTo) {
        var page = call(connection -> EventTable.read(connection, after.sequence(), PAGE_ROWS, PAGE_SIZE));
        var rows = page.rows().stream().filter(row -> row.id() <= upTo.sequence()).toList();
        if (rows.isEmpty() || !page.epoch().equals(after.epoch())) return new Page(List.of(), upTo);
        var entries = new ArrayList<Entry>();
        for (var row : rows) add(entries, new EventId(after.epoch(), row.id()), row.columns());
        return new Page(entries, new EventId(after.epoch(), rows.getLast().id()));
    }

    private static void add(List<Entry> entries, EventId id, LogRecord.Columns columns) {
        try {
            entries.add(new Entry(id, event(columns.record())));
        } catch (RuntimeException e) {
            LOG.log(ERROR, () -> "entry " + id + " of the log cannot be read by this version; its reader is told of a loss", e);
        }
    }

    private static Optional<Event> event(LogRecord entry) {
        return switch (entry) {
            case LogRecord.Published(var event) -> Optional.of(event);
            case LogRecord.Ended _, LogRecord.OwnerEnded _, LogRecord.TakenOver _, LogRecord.Watched _ -> Optional.empty();
        };
    }

    private <T> T call(Patience.Work<T> work) {
        try {
            return patience.call(source, work);
        } catch (SQLException e) {
            var failure = SqlFailure.of(e);
            throw new BroadcasterException("the log of events cannot be read: " + failure.reason(), failure.cause());
        }
    }
}
