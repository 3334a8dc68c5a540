package dev.mcpsession.event;

import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// An event as the bytes of a Server-Sent-Events frame, made once for all its readers. Immutable.
///
/// The frame of a reader with a session is the bytes as they stand: `id:` and `data:`. A reader that subscribed by a request
/// of its own (2026-07-28) gets the data without an id and with that request's id in `_meta`; the bytes know where it goes.
///
/// ```text
/// id: 5e1f-7\ndata: {"jsonrpc":"2.0","method":"m","params":{"_meta":{"k":1},"uri":"u"}}\n\n
/// '---------''------------------------------ head ------------------''------ tail -----'
///            data                                                   splice
/// ```
///
/// @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML, Server-sent events</a>
public final class EncodedEvent {

    private static final String META = "_meta";

    private final byte[] frame;
    private final int data;
    private final int splice;
    private final boolean hasMeta;
    private final boolean hasMore;

    private EncodedEvent(byte[] frame, int data, int splice, boolean hasMeta, boolean hasMore) {
        this.frame = frame;
        this.data = data;
        this.splice = splice;
        this.hasMeta = hasMeta;
        this.hasMore = hasMore;
    }

    /// What does not depend on the event's place, so that it can be made before that is known.
    record Body(byte[] json, int splice, boolean hasMeta, boolean hasMore) {

        static Body of(Event event) {
            var meta = event.params().object(META);
            var rest = meta.isPresent() ? event.params().without(META) : event.params();
            var head = "{\"jsonrpc\":\"2.0\",\"method\":" + new Json.Str(event.method()) + ",\"params\":{"
                    + (meta.isPresent() ? "\"_meta\":{" : "");
            var tail = meta.map(m -> inner(m) + (rest.isEmpty() ? "}" : "},")).orElse("") + inner(rest) + "}}";
            var hasMore = meta.map(m -> !m.isEmpty()).orElse(!rest.isEmpty());
            var headBytes = utf8(head);
            return new Body(joined(headBytes, utf8(tail)), headBytes.length, meta.isPresent(), hasMore);
        }

        private static String inner(Json.Obj object) {
            var text = object.toString();
            return text.substring(1, text.length() - 1);
        }

        EncodedEvent at(EventId id) {
            var start = utf8("id: " + id + "\ndata: ");
            var frame = joined(start, json, utf8("\n\n"));
            var data = start.length - "data: ".length();
            return new EncodedEvent(frame, data, start.length + splice, hasMeta, hasMore);
        }
    }

    /// The size of the frame.
    ///
    /// @return bytes
    public int length() {
        return frame.length;
    }

    /// Writes the frame with its id.
    ///
    /// @param out where to
    /// @throws IOException if the stream fails
    public void writeTo(OutputStream out) throws IOException {
        out.write(frame);
    }

    /// Writes the frame without an id, for the reader that subscribed by a request.
    ///
    /// @param subscription the request's id, of its own JSON type
    /// @param out          where to
    public void writeTo(Json subscription, ByteArrayOutputStream out) {
        var member = "\"io.modelcontextprotocol/subscriptionId\":" + subscription;
        var added = (hasMeta ? member : "\"_meta\":{" + member + '}') + (hasMore ? "," : "");
        out.write(frame, data, splice - data);
        out.writeBytes(utf8(added));
        out.write(frame, splice, frame.length - splice);
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) out.writeBytes(part);
        return out.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
