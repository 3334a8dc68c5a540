package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.util.Locale;

/// The event that all designs publish: a message whose text is a mark and a number. Its chunk is about 160 bytes long.
final class StreamEvent {

    /// Precedes the number, and occurs nowhere else in what a server sends.
    static final byte MARK = '@';
    static final int DIGITS = 9;

    private StreamEvent() {}

    static Event of(int sequence) {
        return Event.of("notifications/message", Json.obj().with("level", "info").with("data", text(sequence)));
    }

    /// The event's frame as this library encodes it, for the designs that encode their own.
    static byte[] frame(int sequence) {
        return ("id: mcps-0000000000000000-" + sequence + "\nevent: message\n"
                + "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\","
                + "\"params\":{\"level\":\"info\",\"data\":\"" + text(sequence) + "\"}}\n\n").getBytes(US_ASCII);
    }

    private static String text(int sequence) {
        return String.format(Locale.ROOT, "%c%0" + DIGITS + "d", MARK, sequence);
    }
}
