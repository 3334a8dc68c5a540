package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.util.Locale;

/// The event that all designs publish: a message whose text is a mark, a number and perhaps padding. Without padding its chunk is about 160
/// bytes long.
///
/// @param sequence the number
/// @param text     the text, created beforehand because its creation is not part of a publish
public record StreamEvent(int sequence, String text) {

    /// The method of the notification.
    public static final String METHOD = "notifications/message";

    /// Precedes the number, and occurs nowhere else in what a server sends.
    static final byte MARK = '@';
    static final int DIGITS = 9;

    /// Creates an event.
    ///
    /// @param sequence its number
    /// @param padding  the number of characters to add
    /// @return a new event
    public static StreamEvent of(int sequence, int padding) {
        return new StreamEvent(sequence, String.format(Locale.ROOT, "%c%0" + DIGITS + "d", MARK, sequence) + "x".repeat(padding));
    }

    /// {@return the event for this library's broadcaster}
    Event event() {
        return Event.of(METHOD, Json.obj().with("level", "info").with("data", text));
    }

    /// {@return the data of the event's frame}
    public String message() {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"" + METHOD + "\",\"params\":{\"level\":\"info\",\"data\":\"" + text + "\"}}";
    }

    /// Encodes the event's frame as this library does, for the designs that encode their own.
    ///
    /// @return the frame
    public byte[] frame() {
        return ("id: mcps-0000000000000000-" + sequence + "\nevent: message\ndata: " + message() + "\n\n").getBytes(US_ASCII);
    }
}
