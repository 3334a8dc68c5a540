package dev.mcpsession;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The owner of a session: an authenticated principal, the holder of a token, or anonymous. Immutable.
///
/// Two owners are equal if their [values][#value()] are, compared in constant time. A principal never equals a token, because each kind
/// has its own namespace.
public final class Owner {

    private static final Owner ANONYMOUS = new Owner("");
    private static final int SHOWN = 8;
    private static final MessageDigest SHA_256 = newSha256();
    private static final String PRINCIPAL = "principal:";
    private static final String TOKEN = "token:";

    private final String value;

    private Owner(String value) {
        this.value = value;
    }

    /// {@return the owner of sessions that are open to any caller that has their id}
    public static Owner anonymous() {
        return ANONYMOUS;
    }

    /// {@return the owner with this verified name, such as an issuer and subject}
    ///
    /// For a user that an HTTP server's `Authenticator` verified, use [#principal(String, String)].
    ///
    /// @param name a name that does not change with the principal's credentials
    /// @throws IllegalArgumentException if the name is empty
    public static Owner principal(String name) {
        if (name.isEmpty()) throw new IllegalArgumentException("principal must have a name");
        return new Owner(PRINCIPAL + name);
    }

    /// {@return the owner for a user that an HTTP server's `Authenticator` verified, equal to [#principal(String)] of `realm:user`}
    ///
    /// @param realm the authenticator's realm; may be empty
    /// @param user  the user's name, as `HttpPrincipal.getUsername()` returns it
    /// @throws IllegalArgumentException if the user's name is empty
    public static Owner principal(String realm, String user) {
        if (user.isEmpty()) throw new IllegalArgumentException("principal must have a name");
        return principal(realm + ":" + user);
    }

    /// {@return the holder of a bearer token or API key; only its SHA-256 is kept}
    ///
    /// @param token the credential; a different token is a different owner, so prefer [#principal(String)] if the name is known
    /// @throws IllegalArgumentException if the token is empty
    public static Owner token(String token) {
        if (token.isEmpty()) throw new IllegalArgumentException("token must not be empty");
        return new Owner(TOKEN + HexFormat.of().formatHex(sha256(token)));
    }

    /// {@return the owner that a store kept as this [#value()]}
    /// @param value the stored text; empty means anonymous
    public static Owner ofValue(String value) {
        return value.isEmpty() ? ANONYMOUS : new Owner(value);
    }

    /// {@return the text under which a store keeps this owner; empty for the anonymous owner}
    public String value() {
        return value;
    }

    /// {@return whether this is [#anonymous()]}
    public boolean isAnonymous() {
        return value.isEmpty();
    }

    /// {@return whether a caller may use this owner's sessions: any caller if this is anonymous, otherwise this owner}
    /// @param caller the owner of the request
    public boolean isOpenTo(Owner caller) {
        return isAnonymous() || equals(caller);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Owner that && MessageDigest.isEqual(utf8(value), utf8(that.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /// {@return `anonymous`, or the kind and eight hexadecimal digits of a hash, which distinguish owners in a log without naming them}
    @Override
    public String toString() {
        if (isAnonymous()) return "anonymous";
        var kind = value.startsWith(TOKEN) ? TOKEN : value.startsWith(PRINCIPAL) ? PRINCIPAL : "owner:";
        return kind + HexFormat.of().formatHex(sha256(value)).substring(0, SHOWN);
    }

    // Clones a digest, because looking one up among the providers takes as long as hashing a token.
    private static byte[] sha256(String text) {
        try {
            return ((MessageDigest) SHA_256.clone()).digest(utf8(text));
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's SHA-256 can be copied", e);
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
