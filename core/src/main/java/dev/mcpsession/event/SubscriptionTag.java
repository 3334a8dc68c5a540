package dev.mcpsession.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.json.Json;

/// What the reader that subscribed by a request finds in the `_meta` of everything it gets: that request's id, of its own JSON
/// type. Its bytes are made once for all events. Immutable.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions">MCP 2026-07-28,
///      Subscriptions</a>
@ForAdapters
public final class SubscriptionTag {

    static final String KEY = "io.modelcontextprotocol/subscriptionId";

    private final Json id;
    private final byte[] member;
    private final byte[] meta;

    /// Makes the tag of a request.
    ///
    /// @param id the request's id
    public SubscriptionTag(Json id) {
        this.id = id;
        var text = new Json.Str(KEY) + ":" + id;
        member = text.getBytes(UTF_8);
        meta = ("\"_meta\":{" + text + "}").getBytes(UTF_8);
    }

    /// The request's id.
    ///
    /// @return a string or a number
    public Json id() {
        return id;
    }

    /// The tag as an object to be put in as `_meta`.
    ///
    /// @return an object with one member
    public Json.Obj toJson() {
        return Json.obj().with(KEY, id);
    }

    /// As it goes into a `_meta` that is there, or before what follows in an object that has none.
    byte[] bytes(boolean hasMeta) {
        return hasMeta ? member : meta;
    }
}
