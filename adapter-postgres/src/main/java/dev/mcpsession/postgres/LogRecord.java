package dev.mcpsession.postgres;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;

/// What one number of the log stands for.
sealed interface LogRecord {

    /// An event for clients.
    record Published(Event event) implements LogRecord {}

    /// Sessions were deleted or have expired; their streams end here.
    record Ended(List<SessionId> sessions) implements LogRecord {}

    /// The streams of an authenticated owner end here, those of sessions and others.
    record OwnerEnded(Owner owner) implements LogRecord {}

    /// A session's next stream begins here, and an older one ends.
    record TakenOver(SessionId session) implements LogRecord {}

    /// From here on a session's stream gets the events about a thing, or no longer gets them.
    record Watched(SessionId session, Topic.Key key, boolean isWatched) implements LogRecord {}

    /// The same as columns of the table. Owner, method and params are JSON texts, since a text of Postgres cannot hold every
    /// character; null where there is none. An event about a thing of a topic has an array of method and key in place of the method,
    /// so that any replica knows what it is about.
    record Columns(int kind, String session, String owner, String method, String params) {

        private static final int PUBLISHED = 0;
        private static final int ENDED = 1;
        private static final int TAKEN_OVER = 2;
        private static final int WATCHED = 3;
        private static final int UNWATCHED = 4;
        private static final int OWNER_ENDED = 5;

        static Columns of(LogRecord entry) {
            return switch (entry) {
                case Published(var event) -> of(event);
                case Ended(var sessions) -> new Columns(ENDED, null, null, null, textOf(sessions));
                case OwnerEnded(var owner) -> new Columns(OWNER_ENDED, null, textOf(owner), null, null);
                case TakenOver(var session) -> new Columns(TAKEN_OVER, session.value(), null, null, null);
                case Watched(var session, var key, var isWatched) -> new Columns(
                        isWatched ? WATCHED : UNWATCHED, session.value(), null, textOf(key), null);
            };
        }

        private static Columns of(Event event) {
            var method = event.topicKey().map(Columns::textOf).orElseGet(() -> new Json.Str(event.method()).toString());
            var params = event.params().toString();
            return switch (event.audience()) {
                case Audience.Everyone() -> new Columns(PUBLISHED, null, null, method, params);
                case Audience.OneSession(var session) -> new Columns(PUBLISHED, session.value(), null, method, params);
                case Audience.SessionsOf(var owner) -> new Columns(PUBLISHED, null, textOf(owner), method, params);
            };
        }

        static String textOf(Topic.Key key) {
            return Json.arr(new Json.Str(key.method()), new Json.Str(key.value())).toString();
        }

        static String textOf(Owner owner) {
            return new Json.Str(owner.value()).toString();
        }

        private static String textOf(List<SessionId> sessions) {
            return new Json.Arr(sessions.stream().<Json>map(id -> new Json.Str(id.value())).toList()).toString();
        }

        /// About how much memory they take.
        int size() {
            return (method == null ? 0 : method.length()) + (params == null ? 0 : params.length());
        }

        /// Reads the record back.
        ///
        /// @throws IllegalArgumentException if this is not what this version writes; a
        ///                                  [dev.mcpsession.json.JsonException] among them
        LogRecord record() {
            return switch (kind) {
                case PUBLISHED -> new Published(event());
                case ENDED -> new Ended(sessions());
                case OWNER_ENDED -> new OwnerEnded(Owner.ofValue(text(owner)));
                case TAKEN_OVER -> new TakenOver(new SessionId(session));
                case WATCHED, UNWATCHED -> new Watched(new SessionId(session), key(), kind == WATCHED);
                default -> throw new IllegalArgumentException("kind must be " + PUBLISHED + " to " + OWNER_ENDED + ": " + kind);
            };
        }

        private Event event() {
            if (!(Json.parse(params) instanceof Json.Obj object)) throw new IllegalArgumentException("params must be an object");
            var event = Json.parse(method) instanceof Json.Str(var name) ? Event.of(name, object)
                    : new Event(key().method(), object, new Audience.Everyone(), Optional.of(key()));
            if (session != null) return event.to(new SessionId(session));
            return owner == null ? event : event.to(Owner.ofValue(text(owner)));
        }

        private Topic.Key key() {
            if (!(Json.parse(method) instanceof Json.Arr(var parts)) || parts.size() != 2) {
                throw new IllegalArgumentException("method must be an array of method and key");
            }
            return new Topic.Key(text(parts.getFirst()), text(parts.getLast()));
        }

        private List<SessionId> sessions() {
            if (!(Json.parse(params) instanceof Json.Arr(var ids))) throw new IllegalArgumentException("params must be an array");
            return ids.stream().map(id -> new SessionId(text(id))).toList();
        }

        private static String text(String json) {
            return text(Json.parse(json));
        }

        private static String text(Json json) {
            if (!(json instanceof Json.Str(var value))) throw new IllegalArgumentException("column must be a string");
            return value;
        }
    }
}
