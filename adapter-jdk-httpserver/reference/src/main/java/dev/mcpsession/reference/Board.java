package dev.mcpsession.reference;

import dev.mcpsession.SessionId;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.json.Json;

/// The one resource of this process: a text that everybody can read, and that a tool changes. Who subscribes to it, by a session
/// or by a listen, is told of each change. Safe for use by many threads.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/resources">MCP 2025-11-25, Resources</a>
final class Board {

    static final String URI = "board://text";

    private static final int MAX_TEXT = 10_000;
    private static final Json.Obj LISTING = Json.obj().with("uri", URI).with("name", "board").with("mimeType", "text/plain");
    private static final Event CHANGE = Event.resourceUpdated(URI);

    private final Broadcaster broadcaster;
    private final ResourceSubscriptions subscriptions;
    private volatile String text = "";

    Board(Backend backend) {
        broadcaster = backend.broadcaster();
        subscriptions = new ResourceSubscriptions(backend.store(), backend.broadcaster());
    }

    /// Writes another text on it, and tells those who subscribed.
    ///
    /// @throws ToolFailure if it is too long
    void write(String value) {
        if (value.length() > MAX_TEXT) throw new ToolFailure("text must be at most " + MAX_TEXT + " characters: " + value.length());
        text = value;
        broadcaster.publish(CHANGE);
    }

    Json.Obj list() {
        return Json.obj().with("resources", Json.arr(LISTING));
    }

    Json.Obj read(Json.Obj params) {
        requireBoard(params);
        return Json.obj().with("contents", Json.arr(Json.obj().with("uri", URI).with("mimeType", "text/plain").with("text", text)));
    }

    Json.Obj subscribe(SessionId session, Json.Obj params) {
        requireBoard(params);
        try {
            subscriptions.subscribe(session, URI);
        } catch (StateTooLargeException e) { // the client has filled its session with other things
            throw invalid(e.getMessage());
        }
        return Json.obj();
    }

    Json.Obj unsubscribe(SessionId session, Json.Obj params) {
        requireBoard(params);
        subscriptions.unsubscribe(session, URI);
        return Json.obj();
    }

    /// The same answer for reading and for subscribing, so that no client waits for updates of something that is not there.
    private static void requireBoard(Json.Obj params) {
        var uri = params.string("uri").orElseThrow(() -> invalid("uri must be a string"));
        if (!uri.equals(URI)) throw invalid("uri must be that of a resource");
    }

    private static RpcException invalid(String why) {
        return new RpcException(RpcException.INVALID_PARAMS, why);
    }
}
