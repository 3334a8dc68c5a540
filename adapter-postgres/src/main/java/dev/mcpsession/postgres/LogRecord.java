package dev.mcpsession.postgres;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;

/// What one number of the log stands for.
sealed interface LogRecord {

    /// An event for clients.
    record Published(Event event) implements LogRecord {}

    /// A session was deleted or has expired; its stream ends here.
    record Ended(SessionId session) implements LogRecord {}

    /// A session's next stream begins here, and an older one ends.
    record TakenOver(SessionId session) implements LogRecord {}

    /// A session's stream sees the updates of a resource from here on, or no more.
    record Watched(SessionId session, String uri, boolean isWatched) implements LogRecord {}

    /// The same as columns of the table. Owner, method and params are JSON texts, since a text of Postgres cannot hold every
    /// character; null where there is none.
    record Columns(int kind, String session, String owner, String method, String params) {

        private static final int PUBLISHED = 0;
        private static final int ENDED = 1;
        private static final int TAKEN_OVER = 2;
        private static final int WATCHED = 3;
        private static final int UNWATCHED = 4;

        static Columns of(LogRecord entry) {
            return switch (entry) {
                case Published(var event) -> of(event);
                case Ended(var session) -> new Columns(ENDED, session.value(), null, null, null);
                case TakenOver(var session) -> new Columns(TAKEN_OVER, session.value(), null, null, null);
                case Watched(var session, var uri, var isWatched) -> new Columns(
                        isWatched ? WATCHED : UNWATCHED, session.value(), null, null, new Json.Str(uri).toString());
            };
        }

        private static Columns of(Event event) {
            var method = new Json.Str(event.method()).toString();
            var params = event.params().toString();
            return switch (event.audience()) {
                case Audience.Everyone() -> new Columns(PUBLISHED, null, null, method, params);
                case Audience.OneSession(var session) -> new Columns(PUBLISHED, session.value(), null, method, params);
                case Audience.SessionsOf(var owner) -> new Columns(PUBLISHED, null, textOf(owner), method, params);
            };
        }

        static String textOf(Owner owner) {
            return new Json.Str(owner.value()).toString();
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
                case ENDED -> new Ended(new SessionId(session));
                case TAKEN_OVER -> new TakenOver(new SessionId(session));
                case WATCHED, UNWATCHED -> new Watched(new SessionId(session), text(params), kind == WATCHED);
                default -> throw new IllegalArgumentException("kind must be " + PUBLISHED + " to " + UNWATCHED + ": " + kind);
            };
        }

        private Event event() {
            if (!(Json.parse(params) instanceof Json.Obj object)) throw new IllegalArgumentException("params must be an object");
            var event = Event.of(text(method), object);
            if (session != null) return event.to(new SessionId(session));
            return owner == null ? event : event.to(Owner.ofValue(text(owner)));
        }

        private static String text(String json) {
            if (!(Json.parse(json) instanceof Json.Str(var value))) throw new IllegalArgumentException("column must be a string");
            return value;
        }
    }
}
