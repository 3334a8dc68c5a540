package dev.mcpsession.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Optional;

/// Decodes a header that mirrors a text of the body: plain ASCII verbatim, anything else in Base64 between markers.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding">MCP
///      2026-07-28, Value Encoding</a>
final class HeaderText {

    private static final String PREFIX = "=?base64?";
    private static final String SUFFIX = "?=";

    private HeaderText() {}

    /// {@return the text that a value encodes; empty if it is not a valid encoding}
    static Optional<String> decoded(String value) {
        return plain(value).flatMap(text -> isEncoded(text)
                ? decoded(text.substring(PREFIX.length(), text.length() - SUFFIX.length()).getBytes(UTF_8)) : Optional.of(text));
    }

    /// {@return the value as a token; empty if it contains anything but visible ASCII}
    static Optional<String> token(String value) {
        return plain(value).filter(text -> text.indexOf(' ') < 0 && text.indexOf('\t') < 0);
    }

    private static Optional<String> plain(String value) {
        var text = HeaderValue.strip(value);
        return text.chars().allMatch(HeaderText::isPlain) ? Optional.of(text) : Optional.empty();
    }

    private static boolean isPlain(int c) {
        return c >= 0x20 && c <= 0x7E || c == '\t';
    }

    private static boolean isEncoded(String text) {
        return text.length() >= PREFIX.length() + SUFFIX.length() && text.startsWith(PREFIX) && text.endsWith(SUFFIX);
    }

    // Without padding it is not Base64, though the JDK's decoder accepts it.
    private static Optional<String> decoded(byte[] base64) {
        if (base64.length % 4 != 0) return Optional.empty();
        try {
            return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64))).toString());
        } catch (IllegalArgumentException | CharacterCodingException _) {
            return Optional.empty();
        }
    }
}
