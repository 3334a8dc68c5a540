package dev.mcpsession.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs text that clients keep, so that they cannot change it. Thread-safe.
final class Seal {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    Seal() {
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /// The text with its signature. Consists of visible characters if the text does.
    String close(String text) {
        return text + '.' + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(text));
    }

    /// The text, or empty if [#close] did not return this.
    Optional<String> open(String sealed) {
        var dot = sealed.lastIndexOf('.');
        if (dot < 0) return Optional.empty();
        var text = sealed.substring(0, dot);
        return MessageDigest.isEqual(close(text).getBytes(UTF_8), sealed.getBytes(UTF_8)) ? Optional.of(text) : Optional.empty();
    }

    private byte[] mac(String text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every JDK", e);
        }
    }
}
