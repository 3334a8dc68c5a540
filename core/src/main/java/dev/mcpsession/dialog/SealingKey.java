package dev.mcpsession.dialog;

import static dev.mcpsession.Checks.require;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// One key of AES-256-GCM. Thread-safe.
final class SealingKey {

    static final int BYTES = 32;
    static final int ID_BYTES = 8;
    static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;
    private final byte[] id; // a part of the key's hash, so that no ids need to be handed out

    SealingKey(byte[] bytes) {
        require(bytes.length == BYTES, "key must have " + BYTES + " bytes", bytes.length);
        key = new SecretKeySpec(bytes, "AES");
        id = Arrays.copyOf(sha256(bytes), ID_BYTES);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    byte[] id() {
        return id;
    }

    static byte[] newNonce() {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return nonce;
    }

    /// {@return the ciphertext with its tag}
    /// @param header authenticated, but not encrypted
    byte[] seal(byte[] header, byte[] nonce, byte[] text) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, header, nonce).doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has AES-256-GCM", e);
        }
    }

    /// {@return the text; empty if anything was changed}
    Optional<byte[]> open(byte[] header, byte[] nonce, byte[] sealed) {
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, header, nonce).doFinal(sealed));
        } catch (AEADBadTagException _) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has AES-256-GCM", e);
        }
    }

    private Cipher cipher(int mode, byte[] header, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(header);
        return cipher;
    }
}
