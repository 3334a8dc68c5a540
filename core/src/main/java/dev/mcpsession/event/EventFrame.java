package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;

/// An event as the bytes of one frame of an event stream, encoded once for all readers. Immutable.
///
/// A session's stream gets the bytes as they are, or without the id line. A stream that answers a `subscriptions/listen` (2026-07-28)
/// gets them without the id line and with the id of that request in `_meta`.
///
/// ```text
/// id: mcps-5e1f-7\n   event: message\ndata: {"jsonrpc":"2.0","method":"m","params":{"_meta":{"k":1},"uri":"u"}}\n\n
/// '-- id line ---'   '-------------------------------------- head ------------------------''------ tail -----'
///                                                                                         splice
/// ```
///
/// @see EventStreamFormat
@ForAdapters
public final class EventFrame {

    private static final String META = "_meta";
    private static final int META_BRACE = "\"_meta\":{".length();
    private static final byte[] BEFORE_METHOD = utf8("{\"jsonrpc\":\"2.0\",\"method\":");
    private static final byte[] BEFORE_PARAMS = utf8(",\"params\":");
    private static final byte[] AFTER_PARAMS = utf8("}");

    private final Heading heading;
    private final byte[] idLine; // null: not numbered yet
    private final byte[] message;
    private final int splice;
    private final boolean hasMeta;
    private final boolean hasMore;
    private final long encodedAt;

    private EventFrame(
            Heading heading, byte[] idLine, byte[] message, int splice, boolean hasMeta, boolean hasMore, long encodedAt) {
        this.heading = heading;
        this.idLine = idLine;
        this.message = message;
        this.splice = splice;
        this.hasMeta = hasMeta;
        this.hasMore = hasMore;
        this.encodedAt = encodedAt;
    }

    /// Encodes an event that has no id yet.
    ///
    /// @param event the event
    /// @return a frame that [#withId] completes
    public static EventFrame of(Event event) {
        var params = withMetaFirst(event.params());
        var meta = params.object(META);
        var method = new Json.Str(event.method()).toUtf8();
        var message = joined(EventStreamFormat.BEFORE_MESSAGE, BEFORE_METHOD, method, BEFORE_PARAMS, params.toUtf8(), AFTER_PARAMS,
                EventStreamFormat.AFTER_MESSAGE);
        var splice = EventStreamFormat.BEFORE_MESSAGE.length + BEFORE_METHOD.length + method.length
                + BEFORE_PARAMS.length + "{".length() + (meta.isPresent() ? META_BRACE : 0);
        var hasMore = !meta.orElse(params).isEmpty();
        return new EventFrame(Heading.of(event), null, message, splice, meta.isPresent(), hasMore, System.nanoTime());
    }

    private static Json.Obj withMetaFirst(Json.Obj params) {
        if (params.get(META).isEmpty()) return params;
        var members = new LinkedHashMap<>(params.members());
        members.putFirst(META, members.get(META));
        return new Json.Obj(members);
    }

    /// {@return a new frame with an id, which shares the bytes of the message}
    /// @param id the event's id
    public EventFrame withId(EventId id) {
        return new EventFrame(heading, EventStreamFormat.idLine(id), message, splice, hasMeta, hasMore, encodedAt);
    }

    /// {@return the part of the event that decides which subscriptions receive it}
    public Heading heading() {
        return heading;
    }

    /// {@return when the event was encoded in this process, by `System.nanoTime()`: as it was published, or read from an external log}
    public long encodedAt() {
        return encodedAt;
    }

    /// {@return the size of the event as JSON, in bytes}
    public int jsonLength() {
        return message.length - EventStreamFormat.BEFORE_MESSAGE.length - EventStreamFormat.AFTER_MESSAGE.length;
    }

    /// Decodes the event. The log keeps no other form of it: a tree of values may be forty times as large as its text.
    Event decode() {
        return new Event(heading.method(), (Json.Obj) Json.parse(params()), heading.audience(), Optional.ofNullable(heading.topicKey()));
    }

    private byte[] params() {
        return Arrays.copyOfRange(message, splice - (hasMeta ? META_BRACE : 0) - "{".length(),
                message.length - EventStreamFormat.AFTER_MESSAGE.length - AFTER_PARAMS.length);
    }

    /// {@return the size of a frame with an id, in bytes}
    public int length() {
        return idLine.length + message.length;
    }

    /// Writes a frame that has an id.
    ///
    /// @param out the body of a response
    /// @throws IOException if the stream fails
    public void writeTo(OutputStream out) throws IOException {
        out.write(idLine);
        out.write(message);
    }

    /// Writes the frame without its id, so that the client keeps its position.
    ///
    /// @param out the body of a response
    /// @throws IOException if the stream fails
    public void writeWithoutIdTo(OutputStream out) throws IOException {
        out.write(message);
    }

    /// Writes the frame without its id, tagged for the client that subscribed by a request.
    ///
    /// @param tag the tag of that request
    /// @param out the body of a response
    /// @throws IOException if the stream fails
    public void writeTo(SubscriptionTag tag, OutputStream out) throws IOException {
        out.write(message, 0, splice);
        out.write(tag.bytes(hasMeta));
        if (hasMore) out.write(',');
        out.write(message, splice, message.length - splice);
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
