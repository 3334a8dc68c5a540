package dev.mcpsession.event;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Stream;

/// The resources whose updates sessions have asked for, and the things of other topics: what an application's handler calls for
/// `resources/subscribe`, `resources/unsubscribe`, and methods of extensions that do the same.
/// ```java
/// case "resources/subscribe" -> subscriptions.subscribe(session.id(), uri);
/// ```
/// They are kept with the session, so that every replica knows them and they are there after a reconnect: in its state, under
/// [#KEY] and [#TOPICS_KEY], which the application must leave alone. The stream that the session has open, wherever it is, learns of
/// a change through the broadcaster, in the order of all events. Then `notifications/resources/updated` for everyone reaches exactly
/// those sessions that asked for its `uri`, and the listens that did.
///
/// Safe for use by many threads.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions">MCP 2025-11-25,
///      Resources, Subscriptions</a>
public final class ResourceSubscriptions {

    /// Where a session's state has its resources: an array of uris.
    public static final String KEY = "dev.mcpsession/resources";

    /// Where a session's state has its things of other topics: an object of arrays, by the topics' methods.
    public static final String TOPICS_KEY = "dev.mcpsession/topics";

    /// How many resources one session can subscribe to, and how many things of each other topic.
    public static final int MAX_RESOURCES = 256;

    /// How long a uri, or the key of another thing, may be, in characters.
    public static final int MAX_URI = 2_048;

    private final SessionStore store;
    private final Broadcaster broadcaster;

    /// Connects a store and a broadcaster that belong together.
    ///
    /// @param store       where the sessions live
    /// @param broadcaster where their events come from
    public ResourceSubscriptions(SessionStore store, Broadcaster broadcaster) {
        this.store = Objects.requireNonNull(store, "store");
        this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
    }

    /// Subscribes a session to the updates of a resource that are published from now on. Does nothing more if it is subscribed.
    ///
    /// @param session the session's id
    /// @param uri     the resource
    /// @return whether the session is alive
    /// @throws IllegalArgumentException               if the uri is too long, or the session has too many; nothing was changed
    /// @throws dev.mcpsession.StateTooLargeException if the session's state has no room for it; nothing was changed
    public boolean subscribe(SessionId session, String uri) {
        return subscribe(session, Topic.RESOURCES.of(uri));
    }

    /// Subscribes a session to the events about one thing that are published from now on.
    ///
    /// @param session the session's id
    /// @param key     the thing
    /// @return whether the session is alive
    /// @throws IllegalArgumentException               if the key is too long, or the session has too many; nothing was changed
    /// @throws dev.mcpsession.StateTooLargeException if the session's state has no room for it; nothing was changed
    public boolean subscribe(SessionId session, Topic.Key key) {
        if (key.value().length() > MAX_URI) {
            var what = isResource(key.method()) ? "uri" : "key";
            throw new IllegalArgumentException(what + " must be at most " + MAX_URI + " characters: " + key.value().length());
        }
        var isAlive = store.updateState(session, state -> with(state, key)).isPresent();
        if (isAlive) broadcaster.addTopic(session, key); // after it is stored: a stream that opens now reads it there, or is notified here
        return isAlive;
    }

    /// Ends a session's subscription to the updates of a resource.
    ///
    /// @param session the session's id
    /// @param uri     the resource
    /// @return whether the session is alive
    public boolean unsubscribe(SessionId session, String uri) {
        return unsubscribe(session, Topic.RESOURCES.of(uri));
    }

    /// Ends a session's subscription to the events about one thing.
    ///
    /// @param session the session's id
    /// @param key     the thing
    /// @return whether the session is alive
    public boolean unsubscribe(SessionId session, Topic.Key key) {
        var isAlive = store.updateState(session, state -> without(state, key)).isPresent();
        if (isAlive) broadcaster.removeTopic(session, key);
        return isAlive;
    }

    /// The resources that a session has subscribed to.
    ///
    /// @param session the session
    /// @return their uris, in the order in which they were subscribed to
    public static SequencedSet<String> of(Session session) {
        return values(session.state(), Topic.RESOURCES.method());
    }

    /// All things that a session has subscribed to, resources and those of other topics.
    ///
    /// @param session the session
    /// @return their keys
    public static SequencedSet<Topic.Key> topics(Session session) {
        var state = session.state();
        var methods = Stream.concat(Stream.of(Topic.RESOURCES.method()), others(state).members().keySet().stream());
        var keys = new LinkedHashSet<Topic.Key>();
        methods.forEach(method -> values(state, method).forEach(value -> keys.add(new Topic.Key(method, value))));
        return keys;
    }

    private static Json.Obj others(Json.Obj state) {
        return state.object(TOPICS_KEY).orElse(Json.obj());
    }

    private static boolean isResource(String method) {
        return method.equals(Topic.RESOURCES.method());
    }

    private static SequencedSet<String> values(Json.Obj state, String method) {
        var kept = isResource(method) ? state.get(KEY) : others(state).get(method);
        var values = new LinkedHashSet<String>();
        if (kept.orElse(Json.NULL) instanceof Json.Arr(var items)) {
            for (var item : items) if (item instanceof Json.Str(var value)) values.add(value);
        }
        return values;
    }

    private static Json.Obj with(Json.Obj state, Topic.Key key) {
        var values = values(state, key.method());
        if (!values.add(key.value())) return state;
        if (values.size() > MAX_RESOURCES) {
            var what = isResource(key.method()) ? "resource subscriptions" : "subscriptions to " + key.method();
            throw new IllegalArgumentException("session must have at most " + MAX_RESOURCES + " " + what + ": " + values.size());
        }
        return with(state, key.method(), values);
    }

    private static Json.Obj without(Json.Obj state, Topic.Key key) {
        var values = values(state, key.method());
        return values.remove(key.value()) ? with(state, key.method(), values) : state;
    }

    private static Json.Obj with(Json.Obj state, String method, Set<String> values) {
        if (isResource(method)) return withOrWithout(state, KEY, toJson(values), values.isEmpty());
        var others = withOrWithout(others(state), method, toJson(values), values.isEmpty());
        return withOrWithout(state, TOPICS_KEY, others, others.isEmpty());
    }

    private static Json.Obj withOrWithout(Json.Obj object, String member, Json value, boolean isNothing) {
        return isNothing ? object.without(member) : object.with(member, value);
    }

    private static Json.Arr toJson(Set<String> values) {
        return new Json.Arr(values.stream().<Json>map(Json.Str::new).toList());
    }
}
