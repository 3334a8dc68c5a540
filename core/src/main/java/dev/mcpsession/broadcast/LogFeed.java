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

/// Feeds a [StripedBroadcaster] from an external log: one that is numbered and kept elsewhere, such as in a database.
///
/// One thread feeds, in order. Numbers may be skipped, but must increase. Every method that feeds throws
/// [dev.mcpsession.event.BroadcasterClosedException] once the broadcaster is closed, and [IllegalArgumentException] if the id is of
/// another epoch or does not follow the last one. Each call is all or nothing: after a failure, [#last] returns how far the log was fed.
@ForAdapters
public final class LogFeed {

    /// How long signals are remembered for [Start.Recent].
    public static final Duration RECENT = RecentSignals.KEPT;

    private final StripedBroadcaster broadcaster;

    /// Creates the feed of a broadcaster that has no other feed, and to which nothing is published directly.
    ///
    /// @param broadcaster the broadcaster, opened with the event before the first one that is fed
    public LogFeed(StripedBroadcaster broadcaster) {
        this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
    }

    /// Recalls what was published before the feed begins, so that [Start.Recent] covers it. Call it before anything else, and before any
    /// subscription. Without it, what was published in the last five minutes is unknown, and such a start reports a loss.
    ///
    /// Events up to the last recalled one may still be appended, so that they can be read back. The signals among them keep their
    /// recalled age; any other appended signal counts as new.
    ///
    /// @param upTo    the last recalled event, which may come after the first one that is fed
    /// @param reach   how long before now the recall begins; [#RECENT] or more covers everything
    /// @param signals the newest of each signal of that time that is broadcast or addressed to an owner, in order; others are ignored
    /// @throws IllegalArgumentException if something was fed before, or an id is of another epoch
    public void recall(EventId upTo, Duration reach, List<PastSignal> signals) {
        broadcaster.log().change(log -> log.recall(upTo, reach, signals));
    }

    /// {@return the id that was fed last; at first the one that the broadcaster was opened with}
    public EventId last() {
        return broadcaster.log().locked(EventLog::lastId);
    }

    /// Feeds the record at a number.
    ///
    /// @param id     its place in the order
    /// @param record the record
    /// @throws IllegalArgumentException also if an event exceeds the size limit
    public void append(EventId id, LogRecord record) {
        broadcaster.feed(id, record);
    }

    /// Passes a number that holds nothing for clients and does not follow the one before it: numbers between the two were never used, or
    /// are not any more. A reader that resumes after such a number gets [dev.mcpsession.event.Delivery.Lagged]; no other reader does.
    ///
    /// @param id the number's place in the order
    public void skipTo(EventId id) {
        broadcaster.log().change(log -> log.skipTo(id));
    }

    /// Begins a new epoch, because the numbering was lost, and possibly events with it. Every subscription gets
    /// [dev.mcpsession.event.Delivery.Lagged].
    ///
    /// @param last the event of the new epoch before the next one that is fed
    public void reset(EventId last) {
        broadcaster.reset(last);
    }

    /// Feeds a [LogRecord.TakenOver], and begins its subscription at exactly this place: the session's older subscription delivers the
    /// events before it, the new one those after it. A reader that missed more than memory holds reads the history first, then
    /// continues live.
    ///
    /// @param id      the record's place in the order
    /// @param filter  the events to receive, of a session
    /// @param start   now, or after the last event that the reader has seen
    /// @param history the events after that one; null to replay only what memory holds
    /// @return the new subscription
    public Subscription takeOver(EventId id, EventFilter filter, Start start, History history) {
        if (filter.session().isEmpty()) throw new IllegalArgumentException("take-over must be by a session: " + id);
        var after = start instanceof Start.After(var position) ? position : null;
        if (history == null || after == null || remembers(after) || !id.isAfter(after)) return broadcaster.subscribe(id, filter, start);
        var live = broadcaster.subscribe(id, filter, Start.now());
        return new ReplayingSubscription(live, history, after, id, broadcaster.log().log()::isClosed);
    }

    /// Subscribes a reader without a session, which therefore takes nothing over. It receives what it missed, then continues live.
    ///
    /// @param filter  the events to receive, of no session
    /// @param after   the last event that the reader has seen
    /// @param history the events after that one
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

    /// Whether memory holds everything that was published after an event, and not only for a moment: a reader that begins there has
    /// until half of what memory can hold has been published.
    ///
    /// @param after the last event that a reader has seen
    /// @return whether it does; false for an event of another epoch, or one that was never published
    public boolean remembers(EventId after) {
        return broadcaster.log().locked(log -> log.remembers(after));
    }
}
