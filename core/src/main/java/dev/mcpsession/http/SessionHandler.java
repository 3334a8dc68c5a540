package dev.mcpsession.http;

import static java.lang.System.Logger.Level.INFO;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One MCP endpoint's sessions and streams: decides what becomes of each request, and keeps account of what is under way.
///
/// The rules say what a request wants, the store and the broadcaster whether it can have it. An adapter asks [#decide],
/// performs the answer, and reports back.
///
/// Safe for use by many threads. It does not own the store and the broadcaster: close it first, then them.
public final class SessionHandler implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SessionHandler.class.getName());

    private final Broadcaster broadcaster;
    private final Rules rules;
    private final Door door;
    private final Sessions sessions;
    private final OpenStreams streams;
    private final Decider decider;
    private final InFlight inFlight = new InFlight();
    private volatile boolean draining;

    SessionHandler(SessionHandlerBuilder builder) {
        broadcaster = builder.broadcaster;
        rules = new Rules(builder.path, builder.hostPolicy, builder.limits, builder.revisions, builder.streams());
        door = new Door(rules);
        sessions = new Sessions(builder.store, this::endStreams);
        streams = new OpenStreams(builder.limits, builder.maxStreamAge, builder.endsSessionOnLoss, this::streamEnded);
        var opener = new StreamOpener(builder, sessions, streams, this::streamOpened);
        decider = new Decider(rules, builder.owners, sessions, streams, opener, inFlight, () -> draining);
    }

    /// Begins to describe a handler.
    ///
    /// @param store where its sessions live
    /// @return a builder with the defaults
    public static SessionHandlerBuilder builder(SessionStore store) {
        return new SessionHandlerBuilder(store);
    }

    /// The endpoint's path.
    ///
    /// @return such as `/mcp`; requests to any other are answered 404
    public String path() {
        return rules.path();
    }

    /// Says what has to be done with a request. Reads its body only if its head does not decide.
    ///
    /// @param request the request
    /// @return a reply to send, a call to forward (then [#completed] is due), or a stream to write
    /// @throws IOException if the client went away while its body was read
    public Decision decide(Request request) throws IOException {
        var refused = refuseEarly(request);
        return refused.isPresent() ? refused.get() : door.withCors(request, decider.decide(RequestHead.of(request)));
    }

    /// Refuses a request that is not for this endpoint, or not from where it is served: another path (404), a `Host` that is missing,
    /// doubled or invalid (400), a `Host` or an `Origin` that is not allowed (403). [#decide] begins with this; a server that
    /// authenticates callers calls this first, so that a page of a foreign origin learns nothing about credentials.
    ///
    /// @param request the request; its body is not read
    /// @return the reply to send, with the headers that a browser needs to read it; empty if the request may go on
    public Optional<Decision.Reply> refuseEarly(Request request) {
        return door.refuse(request);
    }

    private void streamOpened(EventStream stream) {
        inFlight.enter();
        streams.opened(stream);
        if (draining) stream.drain();
    }

    /// Reports how the application answered a forwarded request. A session that was minted for a request that failed goes.
    ///
    /// @param forward the decision
    /// @param status  the HTTP status of the answer; anything if there was none
    public void completed(Decision.Forward forward, int status) {
        if (!forward.complete()) return;
        inFlight.leave();
        if (forward.minted() && (status < 200 || status > 299)) {
            forward.session().map(Session::id).ifPresent(this::deleteQuietly);
        }
    }

    private void deleteQuietly(SessionId id) {
        try {
            sessions.delete(id);
        } catch (SessionStoreException e) {
            sessions.failed("leaving session " + id + " to expire by itself", e);
        }
    }

    /// Removes all sessions of an owner permanently, and ends the owner's streams on every replica, those of sessions and those of
    /// listens: logs a person out everywhere.
    ///
    /// @param owner an authenticated owner
    /// @return how many sessions were alive
    /// @throws SessionStoreException    if the store could not be asked
    /// @throws BroadcasterException     if the sessions are gone, but their end could not be published: call again. Their streams end
    ///                                  at the latest when their sessions are touched next; the owner's listens go on until then
    /// @throws IllegalArgumentException if the owner is anonymous
    public int deleteAll(Owner owner) {
        var deleted = sessions.deleteAll(owner);
        if (broadcaster != null) broadcaster.endOwner(owner);
        return deleted;
    }

    /// Removes a session permanently, as a DELETE by its client does, and ends its stream on whatever replica it is.
    ///
    /// @param id the session's id; need not exist
    /// @return whether it was alive
    /// @throws SessionStoreException if the store could not be asked
    public boolean endSession(SessionId id) {
        return sessions.delete(id);
    }

    /// Does not throw if the broadcaster fails: the sessions have ended, and the keeper reports each again while a stream holds it.
    private void endStreams(Set<SessionId> ended) {
        if (broadcaster == null) return;
        try {
            broadcaster.endSessions(ended);
        } catch (BroadcasterException e) {
            streams.failed("the streams of " + ended.size() + " ended sessions end later", e);
        }
    }

    private void streamEnded(EventStream stream, StreamEnd end) {
        inFlight.leave();
        if (end != StreamEnd.MESSAGE_LOST) return;
        stream.session().ifPresent(session -> Thread.ofVirtual().start(() -> deleteQuietly(session)));
    }

    /// Headers that let a browser's script read an answer. The decisions of [#decide] have them already; these are for handlers
    /// beside the endpoint.
    ///
    /// @param request the request
    /// @return headers; only `Vary: Origin` unless the request is of an allowed origin
    public Map<String, String> corsHeaders(Request request) {
        return rules.policy().corsHeaders(request);
    }

    /// What the streams of this endpoint did.
    ///
    /// @return gauges and counters
    public StreamStats streams() {
        return streams.stats();
    }

    /// How many forwarded calls and streams are under way.
    ///
    /// @return a gauge
    public long inFlight() {
        return inFlight.count();
    }

    /// How many sessions were removed because their owner had too many: those that were never used first, then the one that was not
    /// used for the longest time.
    ///
    /// @return a counter
    public long evictedSessions() {
        return sessions.evicted();
    }

    /// How many times `initialize` was refused because there were too many sessions.
    ///
    /// @return a counter
    public long refusedSessions() {
        return sessions.refused();
    }

    /// How often the session store failed, for requests and behind them.
    ///
    /// @return a counter
    public long storeFailures() {
        return sessions.failures();
    }

    /// How often the broadcaster failed, for streams that were to open or to end.
    ///
    /// @return a counter
    public long broadcasterFailures() {
        return streams.failures();
    }

    /// Ends the open streams in order, those of sessions with a hint when to come back and those of listens with their result, and
    /// goes on: they may come back here.
    ///
    /// @return how many streams were asked to end
    public int drainStreams() {
        return streams.drainAll();
    }

    /// Drains the endpoint: mints no more sessions and opens no more streams, ends the open streams with a hint when to come
    /// back, and lets calls in flight finish. Sessions stay: another replica, or this one later, serves them. Idempotent.
    ///
    /// @param grace how long to wait at the most
    /// @return whether everything has ended in time
    public boolean close(Duration grace) {
        draining = true;
        streams.drainAll();
        var drained = false;
        try {
            drained = inFlight.awaitNone(grace);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (!drained) LOG.log(INFO, () -> "closed with " + inFlight.count() + " calls and streams under way");
        sessions.close();
        return drained;
    }

    /// Drains for at most 2 s.
    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }
}
