package dev.mcpsession.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// A record to append, under its writer's key.
record Draft(UUID key, RecordColumns columns) {

    /// {@return the key under which a publisher's key is written: 128 bits of its hash}
    static UUID keyOf(String name) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_16BE));
            var key = ByteBuffer.wrap(hash);
            return new UUID(key.getLong(), key.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
