package dev.mcpsession.reference;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.http.Decision;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.Set;

/// Publishes `{"method": …, "params": {…}}` to all streams; `params` may be absent. Any other member is refused, because it would have no
/// effect.
///
/// @param broadcaster publishes the event
/// @param bounds      has the maximum size of an event, which also applies to the request's body
record PublishEndpoint(Broadcaster broadcaster, BroadcasterOptions bounds) implements GuardedEndpoint.Endpoint {

    private static final Set<String> MEMBERS = Set.of("method", "params");

    @Override
    public boolean takesJson() {
        return true;
    }

    @Override
    public Decision.Reply answer(GuardedEndpoint.Use use) throws IOException {
        var body = use.request().readBody(bounds.maxEventBytes());
        if (body.isEmpty()) return tooLarge();
        Event event;
        try {
            event = event(Json.parse(body.get()));
        } catch (JsonException e) {
            return Replies.error(400, "body must be JSON: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return Replies.error(400, e.getMessage());
        }
        return publish(event);
    }

    private static Event event(Json body) {
        if (!(body instanceof Json.Obj object)) throw new IllegalArgumentException("body must be an object");
        if (!MEMBERS.containsAll(object.members().keySet())) {
            throw new IllegalArgumentException("body must have no members but method and params");
        }
        var method = object.string("method").filter(name -> !name.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("method must be a string that is not empty"));
        var params = params(object);
        return method.equals(Topic.RESOURCES.method()) ? Event.of(Topic.RESOURCES, params) : Event.of(method, params);
    }

    private static Json.Obj params(Json.Obj object) {
        if (object.get("params").isEmpty()) return Json.obj();
        return object.object("params").orElseThrow(() -> new IllegalArgumentException("params must be an object"));
    }

    private Decision.Reply publish(Event event) {
        try {
            return Replies.json(202, Json.obj().with("id", broadcaster.publish(event).toString()));
        } catch (IllegalArgumentException _) {
            return tooLarge(); // the body fitted, but the event's frame does not
        } catch (BroadcasterClosedException _) {
            return Replies.error(503, "the server is going away");
        } catch (BroadcasterException e) {
            return Replies.error(503, e.getMessage());
        }
    }

    private Decision.Reply tooLarge() {
        return Replies.error(413, "an event must be at most " + bounds.maxEventBytes() + " bytes");
    }
}
