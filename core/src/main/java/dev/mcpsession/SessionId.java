package dev.mcpsession;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/// The name of one session, chosen by the server and never by a client.
///
/// A random id carries 192 random bits as 32 characters of base64url. Whatever its origin, an id consists of visible ASCII
/// (0x21 to 0x7E), so it can stand in a header as it is. It is a secret: [#toString()] shows its first characters only, so
/// that no whole id reaches a log; [#value()] is for the wire and for stores.
///
/// @param value the whole id
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management">MCP
///      2025-11-25, Session Management</a>
public record SessionId(String value) {

    /// The longest id that is accepted, in characters; anything longer was not ours.
    public static final int MAX_LENGTH = 128;

    private static final int RANDOM_BYTES = 24;
    static final int RANDOM_LENGTH = 32; // the same in base64url
    private static final int SHOWN = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Checks the characters and the length.
    ///
    /// @throws IllegalArgumentException if the value is empty, too long, or holds anything but visible ASCII
    public SessionId {
        if (!isValid(value)) throw new IllegalArgumentException("session id must be 1 to 128 visible ASCII characters");
    }

    /// Makes a new id from 192 bits of a [SecureRandom].
    ///
    /// @return an id that nobody else has
    public static SessionId random() {
        var bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return new SessionId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /// Reads an id from a header's value.
    ///
    /// @param text what the client sent
    /// @return the id, or empty if no server of ours can have made it
    public static Optional<SessionId> parse(String text) {
        return isValid(text) ? Optional.of(new SessionId(text)) : Optional.empty();
    }

    /// Whether [#random()] can have made this id. Only such ids name sessions of an endpoint; a handle's has a prefix ([Handles]).
    ///
    /// @return true for 32 characters of base64url
    public boolean isRandom() {
        return value.length() == RANDOM_LENGTH && value.chars().allMatch(SessionId::isBase64Url);
    }

    private static boolean isBase64Url(int c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static boolean isValid(String text) {
        Objects.requireNonNull(text, "session id");
        return !text.isEmpty() && text.length() <= MAX_LENGTH && isVisible(text);
    }

    /// A loop, for every request comes by here twice.
    private static boolean isVisible(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) < 0x21 || text.charAt(i) > 0x7E) return false;
        }
        return true;
    }

    /// Shows the first characters only.
    @Override
    public String toString() {
        return value.length() <= 2 * SHOWN ? "…" : value.substring(0, SHOWN) + "…";
    }
}
