package dev.mcpsession.event;

import dev.mcpsession.Checks;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.stream.Collectors;

/// Subscribes sessions to events about resources, and about the things of other topics. An application's handler calls it for
/// `resources/subscribe`, for `resources/unsubscribe`, and for similar methods of extensions:
/// ```java
/// case "resources/subscribe" -> subscriptions.subscribe(session.id(), uri);
/// ```
/// Subscriptions are kept in the session's state, under [#KEY], so they survive a reconnect, and every replica knows them. The
/// session's open stream, on whichever replica it is, receives a change through the broadcaster, in the order of all events. A
/// broadcast `notifications/resources/updated` reaches exactly the sessions and the listens that subscribed to its `uri`.
///
/// Thread-safe.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions">MCP 2025-11-25,
///      Resources, Subscriptions</a>
public final class ResourceSubscriptions {

    /// The member of a session's state that holds its subscriptions: an array of keys for the method of each topic. The application must
    /// not change it.
    public static final String KEY = "dev.mcpsession/topics";

    /// The maximum number of resources that one session can subscribe to, and of things of each other topic.
    public static final int MAX_RESOURCES = 256;

    /// The maximum length of a uri, or of the key of another thing, in characters.
    public static final int MAX_URI = 2_048;

    private final SessionStore store;
    private final Broadcaster broadcaster;

    /// Connects a store and a broadcaster that belong together.
    ///
    /// @param store       the store of the sessions
    /// @param broadcaster the broadcaster of their events
    public ResourceSubscriptions(SessionStore store, Broadcaster broadcaster) {
        this.store = Objects.requireNonNull(store, "store");
        this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
    }

    /// Subscribes a session to the updates of a resource, as [#subscribe(SessionId, Topic.Key)] does.
    ///
    /// @param session the session's id
    /// @param uri     the resource
    /// @return whether the session is alive
    public boolean subscribe(SessionId session, String uri) {
        return subscribe(session, Topic.RESOURCES.of(uri));
    }

    /// Subscribes a session to the events about one thing that are published from now on. A repeated call changes nothing.
    ///
    /// @param session the session's id
    /// @param key     the thing
    /// @return whether the session is alive
    /// @throws IllegalArgumentException              if the key is too long, or the session has too many keys; nothing was changed
    /// @throws dev.mcpsession.StateTooLargeException if the session's state has no room for it; nothing was changed
    public boolean subscribe(SessionId session, Topic.Key key) {
        var what = isResource(key) ? "uri" : "key";
        Checks.require(key.value().length() <= MAX_URI, what + " must be at most " + MAX_URI + " characters", key.value().length());
        var isAlive = store.updateState(session, state -> with(state, key)).isPresent();
        if (isAlive) broadcaster.addTopic(session, key); // after the update: a stream that opens now reads it, or is notified
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

    /// {@return the uris of the resources to which a session has subscribed, in the order of subscription}
    /// @param session the session
    public static SequencedSet<String> of(Session session) {
        return values(session.state(), Topic.RESOURCES.method());
    }

    /// {@return all things to which a session has subscribed, including resources}
    /// @param session the session
    public static SequencedSet<Topic.Key> topics(Session session) {
        return kept(session.state()).members().keySet().stream()
                .flatMap(method -> values(session.state(), method).stream().map(value -> new Topic.Key(method, value)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean isResource(Topic.Key key) {
        return key.method().equals(Topic.RESOURCES.method());
    }

    private static Json.Obj kept(Json.Obj state) {
        return state.object(KEY).orElse(Json.obj());
    }

    private static SequencedSet<String> values(Json.Obj state, String method) {
        var values = new LinkedHashSet<String>();
        for (var item : kept(state).array(method).map(Json.Arr::items).orElse(List.of())) {
            if (item instanceof Json.Str(var value)) values.add(value);
        }
        return values;
    }

    private static Json.Obj with(Json.Obj state, Topic.Key key) {
        var values = values(state, key.method());
        if (!values.add(key.value())) return state;
        var what = isResource(key) ? "resource subscriptions" : "subscriptions to " + key.method();
        Checks.require(values.size() <= MAX_RESOURCES, "session must have at most " + MAX_RESOURCES + " " + what, values.size());
        return with(state, key.method(), values);
    }

    private static Json.Obj without(Json.Obj state, Topic.Key key) {
        var values = values(state, key.method());
        return values.remove(key.value()) ? with(state, key.method(), values) : state;
    }

    private static Json.Obj with(Json.Obj state, String method, SequencedSet<String> values) {
        var items = new Json.Arr(values.stream().<Json>map(Json.Str::new).toList());
        var kept = values.isEmpty() ? kept(state).without(method) : kept(state).with(method, items);
        return kept.isEmpty() ? state.without(KEY) : state.with(KEY, kept);
    }
}
