package dev.mcpsession.event;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;

/// An event as the bytes of a frame of an event stream, encoded once for all readers. Immutable.
///
/// A reader with a session gets the bytes as they stand, or all but the line with the id. A reader that subscribed by a request
/// of its own (2026-07-28) gets them without the id and with that request's id in `_meta`.
///
/// ```text
/// id: mcps-5e1f-7\n   event: message\ndata: {"jsonrpc":"2.0","method":"m","params":{"_meta":{"k":1},"uri":"u"}}\n\n
/// '-- id line ---'   '-------------------------------------- head ------------------------''------ tail -----'
///                                                                                         splice
/// ```
///
/// @see EventStreamFormat
public final class EncodedEvent {

    private static final String META = "_meta";
    private static final int META_BRACE = "\"_meta\":{".length();
    private static final byte[] BEFORE_METHOD = utf8("{\"jsonrpc\":\"2.0\",\"method\":");
    private static final byte[] BEFORE_PARAMS = utf8(",\"params\":");
    private static final byte[] AFTER_PARAMS = utf8("}");

    private final byte[] idLine;
    private final Body body;

    private EncodedEvent(byte[] idLine, Body body) {
        this.idLine = idLine;
        this.body = body;
    }

    /// What does not depend on the event's place: it is made before that is known, and not copied then.
    ///
    /// @param heading what decides who wants the event
    /// @param message the frame without its id
    record Body(Heading heading, byte[] message, int splice, boolean hasMeta, boolean hasMore) {

        static Body of(Event event) {
            var params = withMetaFirst(event.params());
            var meta = params.object(META);
            var method = new Json.Str(event.method()).toUtf8();
            var message = joined(EventStreamFormat.BEFORE_MESSAGE, BEFORE_METHOD, method, BEFORE_PARAMS, params.toUtf8(), AFTER_PARAMS,
                    EventStreamFormat.AFTER_MESSAGE);
            var splice = EventStreamFormat.BEFORE_MESSAGE.length + BEFORE_METHOD.length + method.length
                    + BEFORE_PARAMS.length + "{".length();
            return meta.map(m -> new Body(Heading.of(event), message, splice + META_BRACE, true, !m.isEmpty()))
                    .orElseGet(() -> new Body(Heading.of(event), message, splice, false, !params.isEmpty()));
        }

        private static Json.Obj withMetaFirst(Json.Obj params) {
            if (params.get(META).isEmpty()) return params;
            var members = new LinkedHashMap<>(params.members());
            members.putFirst(META, members.get(META));
            return new Json.Obj(members);
        }

        /// The size as JSON.
        int jsonLength() {
            return message.length - EventStreamFormat.BEFORE_MESSAGE.length - EventStreamFormat.AFTER_MESSAGE.length;
        }

        private byte[] params() {
            return Arrays.copyOfRange(message, splice - (hasMeta ? META_BRACE : 0) - "{".length(),
                    message.length - EventStreamFormat.AFTER_MESSAGE.length - AFTER_PARAMS.length);
        }

        EncodedEvent at(EventId id) {
            return new EncodedEvent(EventStreamFormat.idLine(id), this);
        }
    }

    Heading heading() {
        return body.heading;
    }

    /// The event as it was published. The log keeps no other form of it, so it is read from the bytes each time.
    Event decode() {
        var heading = body.heading;
        var params = (Json.Obj) Json.parse(body.params());
        return new Event(heading.method(), params, heading.audience(), Optional.ofNullable(heading.topicKey()));
    }

    /// The size of the frame.
    ///
    /// @return bytes
    public int length() {
        return idLine.length + body.message.length;
    }

    /// Writes the frame with its id.
    ///
    /// @param out where to
    /// @throws IOException if the stream fails
    public void writeTo(OutputStream out) throws IOException {
        out.write(idLine);
        out.write(body.message);
    }

    /// Writes the frame without its id, so that the reader's position stays where it is.
    ///
    /// @param out where to
    /// @throws IOException if the stream fails
    public void writeWithoutIdTo(OutputStream out) throws IOException {
        out.write(body.message);
    }

    /// Writes the frame without an id, for the reader that subscribed by a request.
    ///
    /// @param tag what is put into it
    /// @param out where to
    /// @throws IOException if the stream fails
    public void writeTo(SubscriptionTag tag, OutputStream out) throws IOException {
        out.write(body.message, 0, body.splice);
        out.write(tag.bytes(body.hasMeta));
        if (body.hasMore) out.write(',');
        out.write(body.message, body.splice, body.message.length - body.splice);
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
