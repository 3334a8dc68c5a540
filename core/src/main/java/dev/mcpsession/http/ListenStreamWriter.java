package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.event.SubscriptionTag;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// Writes the answer to a `subscriptions/listen`: an acknowledgement, events that carry the id of the request, and at a graceful end
/// the request's result.
///
/// The stream cannot be resumed and shows no loss. If unknown events may be lost, the client gets one of each event that it requested.
/// It can request only signals, so this heals the loss.
///
/// @param tag the request's id
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions">MCP 2026-07-28,
///      Subscriptions</a>
record ListenStreamWriter(SubscriptionTag tag, NotificationFilter granted, Owner owner) implements StreamWriter {

    @Override
    public void begin(OutputStream out) throws IOException {
        var params = Json.obj().with("_meta", tag.toJson()).with("notifications", granted.toJson());
        send(notification("notifications/subscriptions/acknowledged", params), out);
    }

    @Override
    public void write(Delivery.Next event, OutputStream out) throws IOException {
        event.frame().writeTo(tag, out);
    }

    @Override
    public void lagged(Delivery.Lagged lagged, OutputStream out) throws IOException {
        if (lagged.messages() == 0) return; // the missed signals follow
        for (var event : granted.everything()) {
            send(notification(event.method(), event.params().with("_meta", tag.toJson())), out);
        }
    }

    @Override
    public void end(StreamEnd end, OutputStream out) throws IOException {
        if (!end.isGraceful()) return;
        var result = Json.obj().with("resultType", "complete").with("_meta", tag.toJson());
        send(Json.obj().with("jsonrpc", "2.0").with("id", tag.id()).with("result", result), out);
    }

    private static Json.Obj notification(String method, Json.Obj params) {
        return Json.obj().with("jsonrpc", "2.0").with("method", method).with("params", params);
    }

    private static void send(Json.Obj message, OutputStream out) throws IOException {
        out.write(EventStreamFormat.message(message));
    }

    @Override
    public Optional<Owner> listener() {
        return Optional.of(owner);
    }

    @Override
    public String toString() {
        return "a listen of " + owner;
    }
}
