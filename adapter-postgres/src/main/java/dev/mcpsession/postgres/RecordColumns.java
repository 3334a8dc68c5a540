package dev.mcpsession.postgres;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.LogRecord;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A record of the log as columns of the table. Owner, method and params are JSON texts, since a text of Postgres cannot hold every
/// character; null where there is none. An event about a thing of a topic has an array of method and key in place of the method, so that
/// any replica knows what it is about.
record RecordColumns(int kind, String session, String owner, String method, String params) {

    private static final int PUBLISHED = 0;
    private static final int ENDED = 1;
    private static final int TAKEN_OVER = 2;
    private static final int TOPIC_ADDED = 3;
    private static final int TOPIC_REMOVED = 4;
    private static final int OWNER_ENDED = 5;
    private static final int RELAYED = 6;

    /// A new life of the server begins; `params` is the number before it.
    static final int LIFE = 7;

    /// Records that were acknowledged are not in the log any more.
    static final int LOST = 8;

    static final RecordColumns LOSS = new RecordColumns(LOST, null, null, null, null);

    static RecordColumns of(LogRecord entry) {
        return switch (entry) {
            case LogRecord.Published(var event) -> of(event);
            case LogRecord.SessionsEnded(var sessions) -> new RecordColumns(ENDED, null, null, null, textOf(sessions));
            case LogRecord.OwnerEnded(var owner) -> new RecordColumns(OWNER_ENDED, null, textOf(owner), null, null);
            case LogRecord.TakenOver(var session) -> new RecordColumns(TAKEN_OVER, session.value(), null, null, null);
            case LogRecord.TopicAdded(var session, var key) -> new RecordColumns(TOPIC_ADDED, session.value(), null, textOf(key), null);
            case LogRecord.TopicRemoved(var session, var key) -> new RecordColumns(TOPIC_REMOVED, session.value(), null, textOf(key), null);
            case LogRecord.Relayed(var session, var message) -> new RecordColumns(RELAYED, session.value(), null, null, message.toString());
        };
    }

    private static RecordColumns of(Event event) {
        var method = event.topicKey().map(RecordColumns::textOf).orElseGet(() -> new Json.Str(event.method()).toString());
        var params = event.params().toString();
        return switch (event.audience()) {
            case Audience.Everyone() -> new RecordColumns(PUBLISHED, null, null, method, params);
            case Audience.OneSession(var session) -> new RecordColumns(PUBLISHED, session.value(), null, method, params);
            case Audience.SessionsOf(var owner) -> new RecordColumns(PUBLISHED, null, textOf(owner), method, params);
        };
    }

    static String textOf(Topic.Key key) {
        return Json.arr(new Json.Str(key.method()), new Json.Str(key.value())).toString();
    }

    static String textOf(Owner owner) {
        return new Json.Str(owner.value()).toString();
    }

    private static String textOf(Collection<SessionId> sessions) {
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
            case PUBLISHED -> new LogRecord.Published(event());
            case ENDED -> new LogRecord.SessionsEnded(sessions());
            case OWNER_ENDED -> new LogRecord.OwnerEnded(Owner.ofValue(text(owner)));
            case TAKEN_OVER -> new LogRecord.TakenOver(new SessionId(session));
            case TOPIC_ADDED -> new LogRecord.TopicAdded(new SessionId(session), key());
            case TOPIC_REMOVED -> new LogRecord.TopicRemoved(new SessionId(session), key());
            case RELAYED -> new LogRecord.Relayed(new SessionId(session), object());
            default -> throw new IllegalArgumentException("kind must be " + PUBLISHED + " to " + RELAYED + ": " + kind);
        };
    }

    private Event event() {
        var event = Json.parse(method) instanceof Json.Str(var name) ? Event.of(name, object())
                : new Event(key().method(), object(), new Audience.Everyone(), Optional.of(key()));
        if (session != null) return event.to(new SessionId(session));
        return owner == null ? event : event.to(Owner.ofValue(text(owner)));
    }

    private Json.Obj object() {
        if (!(Json.parse(params) instanceof Json.Obj object)) throw new IllegalArgumentException("params must be an object");
        return object;
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
