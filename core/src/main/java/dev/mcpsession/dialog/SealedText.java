package dev.mcpsession.dialog;

import dev.mcpsession.json.Json;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// The form of a sealed state, in base64url without padding:
///
/// ```text
/// version │ key id  │ nonce    │ ciphertext and tag
/// 1 byte  │ 8 bytes │ 12 bytes │ as long as the content + 16 bytes
/// '---- authenticated ------------------------------'
/// ```
final class SealedText {

    /// An upper bound on what a mark for single use adds.
    static final int ONCE = 512;

    private static final byte VERSION = 1;
    private static final int HEADER = 1 + SealingKey.ID_BYTES + SealingKey.NONCE_BYTES;
    private static final int TAG = 16;

    private SealedText() {}

    /// {@return the length of the text for a content of so many bytes}
    static int length(int content) {
        return (int) Math.ceilDiv((HEADER + (long) content + TAG) * 4, 3L);
    }

    static String seal(SealingKey key, byte[] content) {
        var nonce = SealingKey.newNonce();
        var header = ByteBuffer.allocate(HEADER).put(VERSION).put(key.id()).put(nonce).array();
        var sealed = key.seal(header, nonce, content);
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(ByteBuffer.allocate(HEADER + sealed.length).put(header).put(sealed).array());
    }

    /// {@return the content; empty if none of the keys has sealed this text}
    static Optional<Json.Obj> open(KeyRing keys, String text) {
        return decoded(text).filter(bytes -> bytes.length > HEADER + TAG && bytes[0] == VERSION).flatMap(bytes -> {
            var header = Arrays.copyOf(bytes, HEADER);
            var nonce = Arrays.copyOfRange(bytes, HEADER - SealingKey.NONCE_BYTES, HEADER);
            return keys.find(Arrays.copyOfRange(bytes, 1, 1 + SealingKey.ID_BYTES))
                    .flatMap(key -> key.open(header, nonce, Arrays.copyOfRange(bytes, HEADER, bytes.length)))
                    .map(content -> (Json.Obj) Json.parse(content));
        });
    }

    /// Accepts only the one text that encodes these bytes: the last character of base64url may have bits that mean nothing.
    private static Optional<byte[]> decoded(String text) {
        try {
            var bytes = Base64.getUrlDecoder().decode(text);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
