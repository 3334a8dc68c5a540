package dev.mcpsession.broadcast;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// The way into a [StripedBroadcaster] for a log that is numbered and kept elsewhere, such as in a database.
///
/// One thread feeds, in order; numbers may be left out, but never go back. Every method that feeds throws
/// [dev.mcpsession.event.BroadcasterClosedException] once the broadcaster is closed, and [IllegalArgumentException] if the id is of
/// another epoch or does not follow the last one. Each is all or nothing: after any failure, [#last] returns how far the log was fed.
@ForAdapters
public final class LogFeed {

    /// How long signals are remembered for [Start.Recent].
    public static final Duration RECENT = RecentSignals.KEPT;

    private final StripedBroadcaster broadcaster;

    /// Creates the feed of a broadcaster that nothing else feeds and nothing is published to.
    ///
    /// @param broadcaster the broadcaster, opened with the event that the first fed one follows
    public LogFeed(StripedBroadcaster broadcaster) {
        this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
    }

    /// Recalls what was published before the feed begins, so that [Start.Recent] covers it. To be called before anything else, and
    /// before any subscription, or not at all: then it is unknown what was published within the last five minutes, and reported so.
    ///
    /// Events up to the last recalled one may be appended all the same, to be read back. Those that are signals are known already,
    /// with their age; an appended signal otherwise counts as new.
    ///
    /// @param upTo    the last event that is recalled, which may stand after the first that is fed
    /// @param reach   how long before now the recall begins; [#RECENT] or more is all of it
    /// @param signals the newest of each broadcast signal and of each for one owner of this time, in order; others change nothing
    /// @throws IllegalArgumentException if something was fed before, or an id is of another epoch
    public void recall(EventId upTo, Duration reach, List<PastSignal> signals) {
        broadcaster.log().change(log -> log.recall(upTo, reach, signals));
    }

    /// {@return the id that was fed last; before the first, the one that the broadcaster was opened with}
    public EventId last() {
        return broadcaster.log().locked(EventLog::lastId);
    }

    /// Feeds the record at a number.
    ///
    /// @param id     its place in the order
    /// @param record the record
    /// @throws IllegalArgumentException if an event is larger than an event may be, too
    public void append(EventId id, LogRecord record) {
        broadcaster.feed(id, record);
    }

    /// Begins a new epoch: the numbering was lost, and perhaps events with it. Every subscription gets
    /// [dev.mcpsession.event.Delivery.Lagged].
    ///
    /// @param last the event of the new epoch that the next one follows
    public void reset(EventId last) {
        broadcaster.reset(last);
    }

    /// Feeds a [LogRecord.TakenOver] whose subscription begins here, at exactly this place: the session's older subscription delivers
    /// what stands before it, the new one what follows. A reader that is far behind reads from the history what memory no longer
    /// holds, then continues live.
    ///
    /// @param id      the record's place in the order
    /// @param filter  the events to receive, of a session
    /// @param start   now, or after the last event that the reader has seen
    /// @param history holds what stands after that event; null: only what memory holds is replayed
    /// @return the new subscription
    public Subscription takeOver(EventId id, EventFilter filter, Start start, History history) {
        if (filter.session().isEmpty()) throw new IllegalArgumentException("take-over must be by a session: " + id);
        var after = start instanceof Start.After(var position) ? position : null;
        if (history == null || after == null || remembers(after) || !id.isAfter(after)) return broadcaster.subscribe(id, filter, start);
        return new ReplayingSubscription(broadcaster.subscribe(id, filter, Start.now()), history, after, id, broadcaster.log().log()::isClosed);
    }

    /// Subscribes a reader without a session, which takes nothing over: it receives what it missed up to what has been fed by now.
    ///
    /// @param filter  the events to receive, of no session
    /// @param after   the last event that the reader has seen
    /// @param history holds what stands after that event
    /// @return the new subscription
    public Subscription resume(EventFilter filter, EventId after, History history) {
        if (filter.session().isPresent()) throw new IllegalArgumentException("filter must have no session: " + filter.session().get());
        if (remembers(after)) return broadcaster.subscribe(filter, Start.after(after));
        var reader = broadcaster.subscribe(null, filter, Start.now());
        if (reader.start().isAfter(after)) {
            return new ReplayingSubscription(reader, history, after, reader.start(), broadcaster.log().log()::isClosed);
        }
        reader.close();
        return broadcaster.subscribe(filter, Start.after(after));
    }

    /// Whether memory holds all that was published after an event, and not only for a moment: a reader that begins there has the
    /// time in which half of what memory can hold is published.
    ///
    /// @param after the last event that a reader has seen
    /// @return false also if it is of another epoch, or was never published
    public boolean remembers(EventId after) {
        return broadcaster.log().locked(log -> log.remembers(after));
    }
}
