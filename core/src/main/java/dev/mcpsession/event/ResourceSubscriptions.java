package dev.mcpsession.event;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;

/// The resources whose updates sessions have asked for: what an application's handler calls for `resources/subscribe` and
/// `resources/unsubscribe`.
/// ```java
/// case "resources/subscribe" -> subscriptions.subscribe(session.id(), uri);
/// ```
/// They are kept with the session, so that every replica knows them and they are there after a reconnect: in its state, under
/// [#KEY], which is the application's to leave alone. The stream that the session has open, wherever it is, learns of a change
/// through the broadcaster, in the order of all events. Then `notifications/resources/updated` for everyone reaches exactly those
/// sessions that asked for its `uri`, and the listens that did.
///
/// Safe for use by many threads.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions">MCP 2025-11-25,
///      Resources, Subscriptions</a>
public final class ResourceSubscriptions {

    /// Where a session's state has its resources: an array of uris.
    public static final String KEY = "dev.mcpsession/resources";

    /// How many resources one session can subscribe to.
    public static final int MAX_RESOURCES = 256;

    /// How long a uri may be, in characters.
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

    /// Lets a session see the updates of a resource from now on. Does nothing more for one that it sees already.
    ///
    /// @param session the session's id
    /// @param uri     the resource
    /// @return whether the session is alive
    /// @throws IllegalArgumentException               if the uri is too long, or the session has too many; nothing was changed
    /// @throws dev.mcpsession.StateTooLargeException if the session's state has no room for it; nothing was changed
    public boolean subscribe(SessionId session, String uri) {
        if (uri.length() > MAX_URI) throw new IllegalArgumentException("uri must be at most " + MAX_URI + " characters: " + uri.length());
        var isAlive = store.updateState(session, state -> with(state, uri)).isPresent();
        if (isAlive) broadcaster.watch(session, uri); // after it is kept: a stream that opens now finds it there, or is told here
        return isAlive;
    }

    /// Lets a session see no more updates of a resource.
    ///
    /// @param session the session's id
    /// @param uri     the resource
    /// @return whether the session is alive
    public boolean unsubscribe(SessionId session, String uri) {
        var isAlive = store.updateState(session, state -> without(state, uri)).isPresent();
        if (isAlive) broadcaster.unwatch(session, uri);
        return isAlive;
    }

    /// The resources that a session has subscribed to.
    ///
    /// @param session the session
    /// @return their uris, in the order in which they were subscribed to
    public static SequencedSet<String> of(Session session) {
        return of(session.state());
    }

    private static SequencedSet<String> of(Json.Obj state) {
        var uris = new LinkedHashSet<String>();
        if (state.get(KEY).orElse(Json.NULL) instanceof Json.Arr(var items)) {
            for (var item : items) if (item instanceof Json.Str(var uri)) uris.add(uri);
        }
        return uris;
    }

    private static Json.Obj with(Json.Obj state, String uri) {
        var uris = of(state);
        if (!uris.add(uri)) return state;
        if (uris.size() > MAX_RESOURCES) {
            throw new IllegalArgumentException("session must have at most " + MAX_RESOURCES + " resource subscriptions: " + uris.size());
        }
        return state.with(KEY, toJson(uris));
    }

    private static Json.Obj without(Json.Obj state, String uri) {
        var uris = of(state);
        if (!uris.remove(uri)) return state;
        return uris.isEmpty() ? state.without(KEY) : state.with(KEY, toJson(uris));
    }

    private static Json.Arr toJson(Set<String> uris) {
        return new Json.Arr(uris.stream().<Json>map(Json.Str::new).toList());
    }
}
