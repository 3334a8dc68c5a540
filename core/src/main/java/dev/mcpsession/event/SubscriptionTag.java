package dev.mcpsession.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.json.Json;

/// The id of a `subscriptions/listen` request, in its original JSON type, as every message on the stream carries it in `_meta`. Its
/// bytes are encoded once for all events. Immutable.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions">MCP 2026-07-28,
///      Subscriptions</a>
@ForAdapters
public final class SubscriptionTag {

    static final String KEY = "io.modelcontextprotocol/subscriptionId";

    private final Json id;
    private final byte[] member;
    private final byte[] meta;

    /// Creates the tag of a request.
    ///
    /// @param id the request's id: a string or a number
    public SubscriptionTag(Json id) {
        this.id = id;
        var text = new Json.Str(KEY) + ":" + id;
        member = text.getBytes(UTF_8);
        meta = ("\"_meta\":{" + text + "}").getBytes(UTF_8);
    }

    /// {@return the request's id: a string or a number}
    public Json id() {
        return id;
    }

    /// {@return the tag as a `_meta` object with one member}
    public Json.Obj toJson() {
        return Json.obj().with(KEY, id);
    }

    /// The bytes to insert into an existing `_meta`, or into `params` without one.
    byte[] bytes(boolean hasMeta) {
        return hasMeta ? member : meta;
    }
}
