package dev.mcpsession.broadcast;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Beginning;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/// The way into a [StripedBroadcaster] for a log that is numbered and kept elsewhere, such as in a database: events, and the
/// ends and take-overs that stand between them, which have numbers like events and reach no client.
///
/// One thread feeds, in order; numbers may be left out, but never go back. Every method throws `BroadcasterClosedException`
/// once the broadcaster is closed, and [IllegalArgumentException] if the id is of another epoch or does not follow the last one.
/// Each is all or nothing: after a failure of any kind, [#last] says up to where was fed.
@ForAdapters
public final class LogFeed {

    /// How long signals are remembered for `subscribeAfterRecent`.
    public static final Duration RECENT = RecentSignals.KEPT;

    private final StripedBroadcaster broadcaster;
    private final EventLog log;

    /// A signal that was published before the feed began.
    ///
    /// @param id    its place in the order
    /// @param event what was published
    /// @param age   how long ago
    public record Signal(EventId id, Event event, Duration age) {

        /// Checks that it is a signal, and not of the future.
        ///
        /// @throws IllegalArgumentException if it is a message, or the age is negative
        public Signal {
            if (event.signalKey().isEmpty()) throw new IllegalArgumentException("recalled event must be a signal: " + event.method());
            if (age.isNegative()) throw new IllegalArgumentException("age of a signal must not be negative: " + age);
            Objects.requireNonNull(id, "id");
        }
    }

    LogFeed(StripedBroadcaster broadcaster, EventLog log) {
        this.broadcaster = broadcaster;
        this.log = log;
    }

    /// What was published before the feed begins: so `subscribeAfterRecent` tells that, too, as if this broadcaster
    /// had been there. Called before anything else, and before anybody subscribes, or not at all: then a broadcaster that
    /// continues a numbering does not know what was published within the last five minutes, and tells so.
    ///
    /// Events up to the last that is recalled may be appended all the same, to be read back. Those that are signals are known
    /// already, with their age; an appended signal is otherwise taken for new.
    ///
    /// @param upTo    the last event that is recalled, which may stand behind the first that is fed
    /// @param reach   how long before now that begins; what was published earlier is not known. [#RECENT] or more is all of it
    /// @param signals the newest of each signal of this time for everyone or one owner, in order; others change nothing
    /// @throws IllegalArgumentException if something was fed before, or an id is of another epoch
    public void recall(EventId upTo, Duration reach, List<Signal> signals) {
        log.recall(upTo, reach, signals);
    }

    /// Up to where was fed, whether that was an event or an end.
    ///
    /// @return the id that was fed last; before the first, the one that the broadcaster was opened with
    public EventId last() {
        return log.lastId();
    }

    /// An event.
    ///
    /// @param id    its place in the order
    /// @param event what was published
    public void append(EventId id, Event event) {
        var body = broadcaster.encoded(event);
        log.append(id, body);
        broadcaster.announce(id, body);
    }

    /// Begins a new epoch: the numbering was lost, and perhaps events with it. Every subscription gets [Delivery.Lagged].
    ///
    /// @param last the event of the new epoch that the next one follows
    public void reset(EventId last) {
        log.reset(last);
        broadcaster.wakeAll();
    }

    /// The end of a session: its subscription, if it is here, delivers what stands before it and ends.
    ///
    /// @param id      its place in the order
    /// @param session the session's id
    public void endSession(EventId id, SessionId session) {
        endSessions(id, List.of(session));
    }

    /// The end of many sessions at one place.
    ///
    /// @param id       its place in the order
    /// @param sessions the sessions' ids
    public void endSessions(EventId id, Collection<SessionId> sessions) {
        log.requireNext(id);
        broadcaster.endSessions(sessions);
        log.pass(id);
    }

    /// Ends an owner's subscriptions: those that are here deliver what stands before this place, and end.
    ///
    /// @param id    its place in the order
    /// @param owner an authenticated owner
    /// @throws IllegalArgumentException if the owner is anonymous
    public void endOwner(EventId id, Owner owner) {
        log.end(id, new Audience.SessionsOf(owner));
    }

    /// A session's next subscription begins elsewhere: its older one, if it is here, delivers what stands before it and ends.
    ///
    /// @param id      its place in the order
    /// @param session the session's id
    public void takeOver(EventId id, SessionId session) {
        log.requireNext(id);
        log.end(session, Delivery.Cause.TAKEN_OVER);
        log.pass(id);
    }

    /// A session's next subscription begins here, and begins at exactly this place: its older one delivers what stands before
    /// it, the new one what follows.
    ///
    /// @param id     its place in the order
    /// @param filter what to read, of a session
    /// @return the new subscription, and this place
    public Beginning takeOver(EventId id, EventFilter filter) {
        return takenOver(id, filter, null);
    }

    /// The same for a reader that has seen events already: the new subscription begins behind them, as with
    /// `begin`.
    ///
    /// @param id     its place in the order
    /// @param filter what to read, of a session
    /// @param after  the last event that the reader has seen
    /// @return the new subscription, and where its reader stands
    public Beginning takeOver(EventId id, EventFilter filter, EventId after) {
        return takenOver(id, filter, Objects.requireNonNull(after, "after"));
    }

    /// The same for a reader that may be far behind: it reads from the history what memory no longer holds, and goes on live after
    /// that.
    ///
    /// @param id      its place in the order
    /// @param filter  what to read, of a session
    /// @param after   the last event that the reader has seen
    /// @param history has what stands behind that event
    /// @return the new subscription, and where its reader stands
    public Beginning takeOver(EventId id, EventFilter filter, EventId after, History history) {
        if (remembers(after) || !id.isAfter(after)) return takeOver(id, filter, after);
        var reader = newReader(id, filter);
        log.takeOver(id, reader, null);
        return new Beginning(new ReplayingSubscription(broadcaster.opened(reader), history, after, id, log::isClosed), after);
    }

    /// The same for a reader without a session, which takes nothing over: it is given what it missed up to what is fed by now.
    ///
    /// @param filter  what to read, of no session
    /// @param after   the last event that the reader has seen
    /// @param history has what stands behind that event
    /// @return the new subscription, and where its reader stands
    public Beginning resume(EventFilter filter, EventId after, History history) {
        if (filter.session().isPresent()) throw new IllegalArgumentException("filter must have no session: " + filter.session().get());
        if (remembers(after)) return broadcaster.begin(filter, after);
        var reader = broadcaster.newReader(filter);
        var seam = log.placeAtEnd(reader);
        if (!seam.isAfter(after)) {
            broadcaster.opened(reader).close();
            return broadcaster.begin(filter, after);
        }
        return new Beginning(new ReplayingSubscription(broadcaster.opened(reader), history, after, seam, log::isClosed), after);
    }

    private Beginning takenOver(EventId id, EventFilter filter, EventId after) {
        var reader = newReader(id, filter);
        var position = log.takeOver(id, reader, after);
        return new Beginning(broadcaster.opened(reader), position);
    }

    private Reader newReader(EventId id, EventFilter filter) {
        if (filter.session().isEmpty()) throw new IllegalArgumentException("take-over must be by a session: " + id);
        return broadcaster.newReader(filter);
    }

    /// The subscription of a session, if it is here, gets the events about a thing from here on.
    ///
    /// @param id      its place in the order
    /// @param session the session's id
    /// @param key     the thing
    public void watch(EventId id, SessionId session, Topic.Key key) {
        log.setWatched(id, session, key, true);
    }

    /// The subscription of a session, if it is here, gets no more events about a thing from here on.
    ///
    /// @param id      its place in the order
    /// @param session the session's id
    /// @param key     the thing
    public void unwatch(EventId id, SessionId session, Topic.Key key) {
        log.setWatched(id, session, key, false);
    }

    /// Whether memory holds all that was published behind an event, and not only for a moment: a reader that begins there has the
    /// time in which half of what memory can hold is published.
    ///
    /// @param after the last event that a reader has seen
    /// @return false also if it is of another epoch, or was never published
    public boolean remembers(EventId after) {
        return log.remembers(after);
    }
}
