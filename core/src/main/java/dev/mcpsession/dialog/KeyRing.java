package dev.mcpsession.dialog;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The keys of a [RequestState]: the current one seals, and each of them opens. Immutable.
///
/// To rotate without refusing anything, first add the new key to the older ones of every replica, then make it the current one, and remove
/// the old one when everything that it sealed has expired. A key may seal 2³² states.
public final class KeyRing {

    /// The length of a key in bytes.
    public static final int KEY_BYTES = SealingKey.BYTES;

    private final List<SealingKey> keys;

    private KeyRing(List<SealingKey> keys) {
        this.keys = keys;
    }

    /// Creates a key ring. All replicas need the same keys.
    ///
    /// @param current 32 bytes from a [java.security.SecureRandom], copied
    /// @param older   the keys that open but no longer seal, copied
    /// @return the key ring
    /// @throws IllegalArgumentException if a key does not have 32 bytes
    public static KeyRing of(byte[] current, byte[]... older) {
        return new KeyRing(Stream.concat(Stream.of(current), Arrays.stream(older)).map(SealingKey::new).toList());
    }

    /// {@return a key ring of one new key, for a process without replicas: what it seals cannot be opened after a restart}
    public static KeyRing random() {
        var key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return of(key);
    }

    SealingKey current() {
        return keys.getFirst();
    }

    /// {@return the key with an id}
    Optional<SealingKey> find(byte[] id) {
        return keys.stream().filter(key -> Arrays.equals(key.id(), id)).findFirst();
    }

    /// {@return the number of keys; never the keys themselves}
    @Override
    public String toString() {
        return "KeyRing of " + keys.size();
    }
}
