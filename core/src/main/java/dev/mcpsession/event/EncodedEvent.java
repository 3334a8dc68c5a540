package dev.mcpsession.event;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;

/// An event as the bytes of a frame of an event stream, encoded once for all readers. Immutable.
///
/// A reader with a session gets the bytes as they stand, or all but the line with the id. A reader that subscribed by a request
/// of its own (2026-07-28) gets them without the id and with that request's id in `_meta`.
///
/// ```text
/// id: mcps-5e1f-7\nevent: message\ndata: {"jsonrpc":"2.0","method":"m","params":{"_meta":{"k":1},"uri":"u"}}\n\n
/// '--------------''-------------------------------------- head ------------------------''------ tail -----'
///                 message                                                              splice
/// ```
///
/// @see EventStreamFormat
public final class EncodedEvent {

    private static final String META = "_meta";
    private static final int META_BRACE = "\"_meta\":{".length();
    private static final byte[] BEFORE_METHOD = utf8("{\"jsonrpc\":\"2.0\",\"method\":");
    private static final byte[] BEFORE_PARAMS = utf8(",\"params\":");
    private static final byte[] AFTER_PARAMS = utf8("}");

    private final byte[] frame;
    private final int message;
    private final int splice;
    private final boolean hasMeta;
    private final boolean hasMore;

    private EncodedEvent(byte[] frame, int message, int splice, boolean hasMeta, boolean hasMore) {
        this.frame = frame;
        this.message = message;
        this.splice = splice;
        this.hasMeta = hasMeta;
        this.hasMore = hasMore;
    }

    /// What does not depend on the event's place, so that it can be made before that is known.
    record Body(byte[] json, int splice, boolean hasMeta, boolean hasMore) {

        static Body of(Event event) {
            var params = withMetaFirst(event.params());
            var meta = params.object(META);
            var method = new Json.Str(event.method()).toUtf8();
            var json = joined(BEFORE_METHOD, method, BEFORE_PARAMS, params.toUtf8(), AFTER_PARAMS);
            var splice = BEFORE_METHOD.length + method.length + BEFORE_PARAMS.length + "{".length();
            return meta.map(m -> new Body(json, splice + META_BRACE, true, !m.isEmpty()))
                    .orElseGet(() -> new Body(json, splice, false, !params.isEmpty()));
        }

        private static Json.Obj withMetaFirst(Json.Obj params) {
            if (params.get(META).isEmpty()) return params;
            var members = new LinkedHashMap<>(params.members());
            members.putFirst(META, members.get(META));
            return new Json.Obj(members);
        }

        EncodedEvent at(EventId id) {
            var line = EventStreamFormat.idLine(id);
            var frame = joined(line, EventStreamFormat.BEFORE_MESSAGE, json, EventStreamFormat.AFTER_MESSAGE);
            var data = line.length + EventStreamFormat.BEFORE_MESSAGE.length;
            return new EncodedEvent(frame, line.length, data + splice, hasMeta, hasMore);
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

    /// Writes the frame without its id, so that the reader's position stays where it is.
    ///
    /// @param out where to
    /// @throws IOException if the stream fails
    public void writeWithoutIdTo(OutputStream out) throws IOException {
        out.write(frame, message, frame.length - message);
    }

    /// Writes the frame without an id, for the reader that subscribed by a request.
    ///
    /// @param tag what is put into it
    /// @param out where to
    /// @throws IOException if the stream fails
    public void writeTo(SubscriptionTag tag, OutputStream out) throws IOException {
        out.write(frame, message, splice - message);
        out.write(tag.bytes(hasMeta));
        if (hasMore) out.write(',');
        out.write(frame, splice, frame.length - splice);
    }

    private static byte[] joined(byte[]... parts) {
        var length = 0;
        for (var part : parts) length += part.length;
        var all = new byte[length];
        var at = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
