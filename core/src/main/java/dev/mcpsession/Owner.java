package dev.mcpsession;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Whom a session belongs to: a stable principal, or nobody in particular.
///
/// Owners are equal if their [#value()] is, compared in constant time. A principal and a token never are equal, whatever
/// they spell: each has a name space of its own. Immutable.
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

    /// The owner of sessions that are open to whoever has their id.
    ///
    /// @return always the same value
    public static Owner anonymous() {
        return ANONYMOUS;
    }

    /// A principal whose name was verified, such as an issuer and subject.
    ///
    /// The user of an HTTP server's `Authenticator` is [#principal(String, String)]: its principal is named realm and user.
    ///
    /// @param name a name that stays the same when the principal's credentials change
    /// @return the owner of this name
    /// @throws IllegalArgumentException if the name is empty
    public static Owner principal(String name) {
        if (name.isEmpty()) throw new IllegalArgumentException("principal must have a name");
        return new Owner(PRINCIPAL + name);
    }

    /// A user that an HTTP server's `Authenticator` has verified, such as `alice` in the realm `mcp`.
    ///
    /// @param realm the authenticator's realm; may be empty
    /// @param user  the user's name, as `HttpPrincipal.getUsername()` returns it
    /// @return the same owner as [#principal(String)] of `realm:user`, which is what `HttpPrincipal.getName()` returns
    /// @throws IllegalArgumentException if the user's name is empty
    public static Owner principal(String realm, String user) {
        if (user.isEmpty()) throw new IllegalArgumentException("principal must have a name");
        return principal(realm + ":" + user);
    }

    /// Whoever holds this bearer token or API key. Only its SHA-256 is kept.
    ///
    /// @param token the credential; another token is another owner, so prefer [#principal] where one is known
    /// @return the owner of this token
    /// @throws IllegalArgumentException if the token is empty
    public static Owner token(String token) {
        if (token.isEmpty()) throw new IllegalArgumentException("token must not be empty");
        return new Owner(TOKEN + HexFormat.of().formatHex(sha256(token)));
    }

    /// Reads back what [#value()] gave, for stores.
    ///
    /// @param value the stored text; empty means anonymous
    /// @return the owner
    public static Owner ofValue(String value) {
        return value.isEmpty() ? ANONYMOUS : new Owner(value);
    }

    /// The text under which a store keeps this owner.
    ///
    /// @return empty for the anonymous owner
    public String value() {
        return value;
    }

    /// Whether this is nobody in particular.
    ///
    /// @return true for [#anonymous()] alone
    public boolean isAnonymous() {
        return value.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Owner that && MessageDigest.isEqual(utf8(value), utf8(that.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /// Shows the kind and eight hexadecimal digits of a hash: enough to tell two owners apart in a log, without a name.
    @Override
    public String toString() {
        if (isAnonymous()) return "anonymous";
        var kind = value.startsWith(TOKEN) ? TOKEN : value.startsWith(PRINCIPAL) ? PRINCIPAL : "owner:";
        return kind + HexFormat.of().formatHex(sha256(value)).substring(0, SHOWN);
    }

    /// A copy of a digest that is never used itself: to look one up among the providers takes as long as to hash a token.
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
