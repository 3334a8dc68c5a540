package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;

/// Where a reader begins, and what it has missed by then. The subscribing thread looks up the rest, without the broadcaster's lock.
///
/// @param cursor       the ordinal of the last broadcast event before the reader's first one
/// @param messagesSeen the number of messages up to there
/// @param isKept       whether all events after the position that it resumes from are kept
/// @param missed       upper bound on the events that it lost besides those of the overrun
/// @param messages     upper bound on the messages among them
/// @param isUnknown    whether any signal may be among them
/// @param overrun      its loss of broadcast events; null if none is gone
/// @param mail         the addressed events that may be for it; null if there are none
/// @param recent       the recent signals that it gets first; null if there are none
record Placement(long cursor, long messagesSeen, boolean isKept, long missed, long messages, boolean isUnknown,
                 EvictedEvents.Overrun overrun, Mail mail, Recent recent) {

    /// A range of ordinals in the ring of addressed events.
    ///
    /// @param after the position that the reader resumes from
    record Mail(long first, long last, long after) {}

    /// The recent signals up to a position, at a moment of the log's clock.
    ///
    /// @param forgotten the number of signals that had been forgotten by then
    record Recent(long upTo, long now, long forgotten) {}

    /// Places a reader. Called under the broadcaster's lock.
    static Placement of(EventFilter filter, Start start, EventLog log) {
        return switch (start) {
            case Start.Now() -> atEnd(log, 0, null);
            case Start.Recent() -> afterRecent(filter, log);
            case Start.After(var id) -> after(id, filter, log);
        };
    }

    private static Placement atEnd(EventLog log, long lost, Recent recent) {
        return new Placement(log.everyone().last(), log.messages(), false, lost, lost, false, null, null, recent);
    }

    private static Placement afterRecent(EventFilter filter, EventLog log) {
        var now = log.now();
        if (!log.recent().isComplete(filter, now)) return atEnd(log, 1, null);
        return atEnd(log, 0, new Recent(log.position(), now, log.recent().forgotten()));
    }

    private static Placement after(EventId id, EventFilter filter, EventLog log) {
        var epoch = log.numbering().now();
        var found = log.numbering().positionOf(id, log.position());
        if (found.isEmpty() && epoch.has(id)) return atEnd(log, 0, null); // was never issued
        var after = found.orElse(Math.max(0, epoch.start() - 1)); // the entry that begins the epoch reports the loss
        var isUnknown = found.isEmpty() && !epoch.isNew();
        var lostMail = lostMail(filter, after, log);
        var missed = lostMail + (isUnknown ? 1 : 0);
        var messages = lostMail + (isUnknown && epoch.isOf(id) ? 1 : 0);
        var addressed = log.addressed();
        var mail = filter.isAddressable() ? new Mail(addressed.ordinalAt(after) + 1, addressed.last(), after) : null;
        if (after < log.everyone().evictedPosition()) {
            var overrun = overrun(filter, after, log);
            return new Placement(overrun.cursor(), overrun.messagesSeen(), false, missed, messages, isUnknown, overrun, mail, null);
        }
        var cursor = log.everyone().ordinalAt(after);
        var seen = cursor == log.everyone().evicted() ? log.evicted().messages() : log.everyone().at(cursor).messages();
        var isKept = found.isPresent() && log.numbering().continues(id) && after >= addressed.evictedPosition();
        return new Placement(cursor, seen, isKept, missed, messages, isUnknown, null, mail, null);
    }

    /// Upper bound on the addressed events for this reader that are gone: all of them, unless none was for it.
    private static long lostMail(EventFilter filter, long after, EventLog log) {
        var gone = log.addressed().evictedPosition();
        return after < gone && log.evicted().isMailLost(filter, after) ? Math.min(gone - after, log.addressed().evicted()) : 0;
    }

    /// How many of the events that are gone were broadcast is unknown, so all of them count.
    private static EvictedEvents.Overrun overrun(EventFilter filter, long after, EventLog log) {
        var everyone = log.everyone();
        var atMost = Math.min(everyone.evictedPosition() - after, everyone.evicted());
        var seen = new EvictedEvents.Place(0, after);
        var isForgotten = log.evicted().isNamedForgotten(filter, seen);
        return log.evicted().overrun(filter, seen, isForgotten, atMost, Math.min(atMost, log.evicted().messages()), everyone.evicted());
    }

    boolean needsInbox() {
        return missed > 0 || overrun != null && overrun.concerns() || mail != null || recent != null;
    }
}
