package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.SessionId;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.json.Json;

/// The one resource of this process: a text that every client can read and that a tool changes. A client that subscribes to it, in a
/// session or with a listen, is notified of each change. Thread-safe.
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

    /// Replaces the text, and notifies subscribers.
    ///
    /// @throws Tool.Failure if it is too long
    void write(String value) {
        if (value.length() > MAX_TEXT) throw new Tool.Failure("text must be at most " + MAX_TEXT + " characters: " + value.length());
        text = value;
        broadcaster.publish(CHANGE);
    }

    void addTo(Methods methods) {
        methods.declare("resources", Json.obj().with("subscribe", true));
        methods.addCacheable("resources/list", _ -> Json.obj().with("resources", Json.arr(LISTING)));
        methods.addCacheable("resources/read", this::read);
        methods.addInSession("resources/subscribe", this::subscribe);
        methods.addInSession("resources/unsubscribe", this::unsubscribe);
    }

    private Json.Obj read(Message.Call call) {
        requireBoard(call);
        return Json.obj().with("contents", Json.arr(Json.obj().with("uri", URI).with("mimeType", "text/plain").with("text", text)));
    }

    private Json.Obj subscribe(Message.Call call) {
        requireBoard(call);
        try {
            subscriptions.subscribe(session(), URI);
        } catch (StateTooLargeException e) { // the client has filled its session with other state
            throw RpcException.invalidParams(e.getMessage());
        }
        return Json.obj();
    }

    private Json.Obj unsubscribe(Message.Call call) {
        requireBoard(call);
        subscriptions.unsubscribe(session(), URI);
        return Json.obj();
    }

    private static SessionId session() {
        return Caller.current().session().orElseThrow(RpcException::methodNotFound).id();
    }

    /// Reading and subscribing fail with the same error, so that no client waits for updates of a resource that does not exist.
    private static void requireBoard(Message.Call call) {
        var uri = call.params().string("uri").orElseThrow(() -> RpcException.invalidParams("uri must be a string"));
        if (!uri.equals(URI)) throw RpcException.invalidParams("uri must be that of a resource");
    }
}
