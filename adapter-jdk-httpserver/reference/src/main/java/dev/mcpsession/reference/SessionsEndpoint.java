package dev.mcpsession.reference;

import dev.mcpsession.Session;
import dev.mcpsession.SessionStore;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import dev.mcpsession.reference.GuardedEndpoint.Use;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;

/// Lists sessions, ends one, or logs an owner out. Each takes effect on all replicas.
///
/// @param sessions ends sessions together with their streams
/// @param store    has the sessions
/// @param known    finds the session or the owner that is meant
record SessionsEndpoint(SessionHandler sessions, SessionStore store, Known known) {

    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1_000;
    private static final Comparator<Place> ORDER = Comparator.comparing(Place::createdAt).thenComparing(Place::key);

    /// Where a session stands in the list, and where the next page begins.
    private record Place(Instant createdAt, String key) {

        static Place of(Session session) {
            return new Place(session.createdAt(), Known.key(session.id()));
        }

        static Place parse(String text) {
            try {
                var parts = text.split("_", 2);
                return new Place(Instant.parse(parts[0]), parts.length == 1 ? "" : parts[1]);
            } catch (DateTimeParseException _) {
                throw new IllegalArgumentException("after must be the next of the page before");
            }
        }

        @Override
        public String toString() {
            return createdAt + "_" + key;
        }
    }

    /// Lists live sessions, oldest first: those of an owner, or all. The store is queried for all of them, whatever the page's length.
    Decision.Reply list(Use use) {
        var limit = use.number("limit", PAGE, MAX_PAGE);
        var after = use.parameter("after").map(Place::parse);
        var all = use.parameter("owner").map(owner -> store.list(known.owner(owner))).orElseGet(store::list);
        var rest = all.stream().filter(session -> after.isEmpty() || ORDER.compare(Place.of(session), after.get()) > 0)
                .sorted(Comparator.comparing(Place::of, ORDER)).limit(limit + 1L).toList();
        var page = rest.subList(0, Math.min(limit, rest.size()));
        var shown = new Json.Arr(page.stream().map(SessionsEndpoint::shown).toList());
        var answer = Json.obj().with("total", all.size()).with("sessions", shown);
        return Replies.json(200, rest.size() == page.size() ? answer : answer.with("next", next(page)));
    }

    private static String next(List<Session> page) {
        return Place.of(page.getLast()).toString();
    }

    private static Json shown(Session session) {
        return Json.obj()
                .with("key", Known.key(session.id()))
                .with("id", session.id().toString())
                .with("owner", session.owner().toString())
                .with("client", session.client().name())
                .with("protocolVersion", session.client().protocolVersion())
                .with("createdAt", session.createdAt().toString())
                .with("lastActiveAt", session.lastActiveAt().toString())
                .with("expiresAt", session.expiresAt().toString())
                .with("provisional", session.provisional());
    }

    /// Ends the session whose key, or whole id, is the last segment of the path.
    Decision.Reply end(Use use) {
        var id = known.session(use.lastSegment());
        if (id.isEmpty() || !sessions.endSession(id.get())) return Replies.error(404, "no live session has this key");
        return Replies.json(200, Json.obj().with("ended", id.get().toString()));
    }

    /// Logs an owner out: sessions and listens.
    Decision.Reply logOut(Use use) {
        var owner = known.owner(use.parameter("owner").filter(text -> !text.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("owner must be given")));
        try {
            return Replies.json(200, Json.obj().with("loggedOut", owner.toString()).with("sessions", sessions.deleteAll(owner)));
        } catch (BroadcasterException e) {
            return Replies.unavailable("the sessions are removed, but their streams may go on; call again: " + e.getMessage());
        }
    }
}
