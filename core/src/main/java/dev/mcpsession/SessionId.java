package dev.mcpsession;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/// The id of one session. The server chooses it, never a client.
///
/// A random id carries 192 random bits as 32 characters of base64url. Every id consists of visible ASCII (0x21 to 0x7E), so a header can
/// hold it verbatim. An id is a secret: [#toString()] shows only its first characters, so that no whole id reaches a log.
///
/// @param value the whole id, for the wire and for stores
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management">MCP
///      2025-11-25, Session Management</a>
public record SessionId(String value) {

    /// The longest id that is accepted, in characters.
    public static final int MAX_LENGTH = 128;

    static final int RANDOM_LENGTH = 32; // RANDOM_BYTES in base64url

    private static final int RANDOM_BYTES = 24;
    private static final int SHOWN = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Checks the characters and the length.
    ///
    /// @throws IllegalArgumentException if the value is empty, too long, or not visible ASCII
    public SessionId {
        if (!isValid(value)) throw new IllegalArgumentException("session id must be 1 to 128 visible ASCII characters");
    }

    /// {@return a new id of 192 bits from a [SecureRandom]}
    public static SessionId random() {
        var bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return new SessionId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /// {@return the id that a header's value holds; empty if the text is not an id}
    /// @param text what the client sent
    public static Optional<SessionId> parse(String text) {
        return isValid(text) ? Optional.of(new SessionId(text)) : Optional.empty();
    }

    /// {@return whether this is 32 characters of base64url, as [#random()] returns}
    ///
    /// Only such ids are sessions of an endpoint. A handle's id has a prefix ([Handles]).
    public boolean isRandom() {
        if (value.length() != RANDOM_LENGTH) return false;
        for (var i = 0; i < RANDOM_LENGTH; i++) {
            if (!isBase64Url(value.charAt(i))) return false;
        }
        return true;
    }

    private static boolean isBase64Url(char c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    // Loops rather than streams, because each request validates an id twice.
    private static boolean isValid(String text) {
        Objects.requireNonNull(text, "session id");
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) < 0x21 || text.charAt(i) > 0x7E) return false;
        }
        return !text.isEmpty() && text.length() <= MAX_LENGTH;
    }

    /// {@return the first characters of the id and an ellipsis}
    @Override
    public String toString() {
        return value.length() <= 2 * SHOWN ? "…" : value.substring(0, SHOWN) + "…";
    }
}
