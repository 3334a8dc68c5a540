package dev.mcpsession.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.json.Json;

/// The bytes of an event stream: Server-Sent Events in the form that every MCP client in use understands.
///
/// Several clients parse less than the HTML standard allows, and silently drop what they do not understand. All streams therefore use
/// one form, whether they belong to a session or answer a `subscriptions/listen`:
///
/// ```text
/// : connected\n\n                                  the stream is open
/// id: mcps-5e1f-0-3a91c07\ndata:\n\n               a position to resume from, before the first event
/// id: mcps-5e1f-1\nevent: message\ndata: {…}\n\n   a message that can be resumed after
/// event: message\ndata: {…}\n\n                    a message of a stream that cannot be resumed
/// : keep-alive\n                                   the heartbeat
/// : lagged, 6 events missed\n                      a loss
/// retry: 1274\n\n                                  before an end that the server chooses
/// ```
///
/// An application that answers a POST with its own event stream should write its messages with [#message].
///
/// Stateless and thread-safe.
///
/// @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML, Server-sent events</a>
@ForAdapters
public final class EventStreamFormat {

    // `message` is the default type of an event, so the line adds nothing by the standard. But clients that compare the type with
    // "message" drop an event that has none. It precedes the data, because some clients handle the data as soon as they read it.
    private static final String MESSAGE = "event: message\ndata: ";
    private static final String END = "\n\n";

    /// The bytes around the JSON of a message, for a writer that has the message in parts.
    static final byte[] BEFORE_MESSAGE = utf8(MESSAGE);
    static final byte[] AFTER_MESSAGE = utf8(END);

    // A comment, because there is nothing to dispatch yet. It is sent once, so the blank line after it harms no client.
    private static final byte[] CONNECTED = utf8(": connected\n\n");

    // No blank line after a comment that recurs: some clients dispatch an empty event for each blank line, and stop reading after a
    // few hundred of them. The next block begins on the next line.
    private static final byte[] KEEP_ALIVE = utf8(": keep-alive\n");

    private EventStreamFormat() {}

    /// {@return the first bytes of a session's stream, a comment that reaches the client with the headers}
    public static byte[] connected() {
        return CONNECTED.clone();
    }

    /// Returns the event that gives a client a position to resume from, without data for its application. It has no `retry:` line,
    /// because some clients abandon a stream when an event has one.
    ///
    /// @param id the position that the client sends back, without line breaks
    /// @return an event with empty data
    public static byte[] priming(String id) {
        return utf8("id: " + id + "\ndata:\n\n");
    }

    /// {@return a message as an event without an id, for a stream that cannot be resumed}
    /// @param message a JSON-RPC message
    public static byte[] message(Json message) {
        return utf8(MESSAGE + message + END);
    }

    /// {@return the heartbeat, a comment that shows the client and all proxies that the stream is alive}
    public static byte[] keepAlive() {
        return KEEP_ALIVE.clone();
    }

    /// {@return a comment that reports a loss to a human reader; clients skip it}
    /// @param missed how many events
    public static byte[] lagged(long missed) {
        return utf8(": lagged, " + missed + " events missed\n");
    }

    /// Returns the line that sets the client's delay before it reconnects. Send it only before the server ends the stream: a client
    /// that abandons the stream because of it then loses nothing.
    ///
    /// @param millis the delay in milliseconds, not negative
    /// @return a block without an event
    public static byte[] retry(int millis) {
        return utf8("retry: " + millis + "\n\n");
    }

    static byte[] idLine(EventId id) {
        return utf8("id: " + id + '\n');
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
