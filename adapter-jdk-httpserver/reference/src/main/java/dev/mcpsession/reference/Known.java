package dev.mcpsession.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionStore;
import dev.mcpsession.http.HandlerStats.OpenStream;
import dev.mcpsession.http.SessionHandler;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Finds the session or the owner that an operator means. Lists show neither a session's id, which is a secret, nor an owner's name, but
/// a key and a hash. Looks among the open streams of this process first, then in the store.
///
/// @param sessions has the open streams
/// @param store    has the sessions
record Known(SessionHandler sessions, SessionStore store) {

    private static final int KEY_LENGTH = 16;
    private static final String KEY = "[0-9a-f]{" + KEY_LENGTH + "}";
    private static final String SHOWN_OWNER = "(principal|token|owner):[0-9a-f]{8}";

    /// {@return a text that stands for a session's id and does not reveal it}
    static String key(SessionId id) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(id.value().getBytes(UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, KEY_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /// {@return the session with this key or id}
    Optional<SessionId> session(String text) {
        if (!text.matches(KEY)) return SessionId.parse(text).filter(SessionId::isRandom);
        Predicate<SessionId> isMeant = id -> key(id).equals(text);
        var open = sessions.openStreams().stream().map(OpenStream::session).flatMap(Optional::stream).filter(isMeant).findFirst();
        return open.or(() -> store.list().stream().map(Session::id).filter(isMeant).findFirst());
    }

    /// {@return the owner with this value, or one that is shown like this}
    /// @throws IllegalArgumentException if no owner is shown like this
    Owner owner(String text) {
        if (text.equals(Owner.anonymous().toString())) return Owner.anonymous();
        if (!text.matches(SHOWN_OWNER)) return Owner.ofValue(text);
        Stream<Owner> open = sessions.openStreams().stream().map(OpenStream::owner);
        return open.filter(owner -> owner.toString().equals(text)).findFirst()
                .or(() -> store.list().stream().map(Session::owner).filter(owner -> owner.toString().equals(text)).findFirst())
                .orElseThrow(() -> new IllegalArgumentException("owner must have a session or a stream, or be named in full"));
    }
}
