package dev.mcpsession.http;

import dev.mcpsession.Owner;
import java.util.Objects;

/// Names the caller of a request. Runs after the component that verifies credentials, and verifies nothing itself.
///
/// Called concurrently, for each request that the endpoint does not refuse before.
@FunctionalInterface
public interface OwnerResolver {

    /// Names the caller of a request.
    ///
    /// @param request the request; its body must not be read
    /// @return the caller, or a challenge to the client
    Resolution resolve(Request request);

    /// The caller, or a challenge to the client.
    sealed interface Resolution {

        /// The caller is known, or anonymous.
        ///
        /// @param owner the caller
        record Known(Owner owner) implements Resolution {

            /// Checks that nothing is null.
            public Known {
                Objects.requireNonNull(owner, "owner");
            }
        }

        /// The request is refused until the client sends other, or well-formed, credentials.
        ///
        /// @param status          such as 401, 403, or 400 for unreadable credentials; not 404, after which clients begin a new session,
        ///                        and not 405
        /// @param wwwAuthenticate the value of `WWW-Authenticate`; empty for none, which is not allowed with 401
        /// @param message         the message of the JSON-RPC error, without any credential
        /// @see <a href="https://www.rfc-editor.org/rfc/rfc6750.html#section-3.1">RFC 6750, 3.1</a>
        record Challenge(int status, String wwwAuthenticate, String message) implements Resolution {

            /// Checks all three.
            ///
            /// @throws IllegalArgumentException if the status is not allowed, or the challenge is missing or not visible ASCII
            public Challenge {
                Objects.requireNonNull(message, "message");
                if (status < 400 || status > 499 || status == 404 || status == 405) {
                    throw new IllegalArgumentException("challenge must be 400 to 499, but not 404 or 405: " + status);
                }
                if (status == 401 && wwwAuthenticate.isEmpty()) throw new IllegalArgumentException("401 must have a wwwAuthenticate");
                if (!wwwAuthenticate.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)) {
                    throw new IllegalArgumentException("wwwAuthenticate must be visible ASCII on one line");
                }
            }

            /// Creates a challenge that requires other credentials.
            ///
            /// @param status          the status
            /// @param wwwAuthenticate the value of `WWW-Authenticate`
            /// @throws IllegalArgumentException as for the other constructor
            public Challenge(int status, String wwwAuthenticate) {
                this(status, wwwAuthenticate, "other credentials are required");
            }
        }
    }

    /// Returns a resolver that names the principal that the server has authenticated, else the hash of the bearer token, else the hash
    /// of the `X-API-Key`, else anonymous. The hash changes when the client refreshes its token, and the client's sessions are
    /// then lost. A resolver that knows a stable name, such as issuer and subject, avoids that.
    ///
    /// Unless the server has authenticated a principal, a request whose `Authorization` or `X-API-Key` is not readable as one value gets
    /// 400, and never counts as anonymous. Examples are different values, a blank value, `Bearer` without a token, a token with a space,
    /// and a scheme other than `Bearer`. If both headers are present, both must be readable; the token decides.
    ///
    /// @return a resolver without state
    static OwnerResolver standard() {
        return OwnerResolver::byCredentials;
    }

    // Anonymous only without any credential: a client with an unreadable credential believes that it is authenticated, and must not get
    // a session that is open to everyone.
    private static Resolution byCredentials(Request request) {
        var principal = request.principal().filter(name -> !name.isEmpty());
        if (principal.isPresent()) return new Resolution.Known(Owner.principal(principal.get()));
        var authorization = request.headers("Authorization");
        var token = Credentials.bearerToken(authorization);
        if (!authorization.isEmpty() && token.isEmpty()) {
            return new Resolution.Challenge(400, "Bearer error=\"invalid_request\"", "Authorization header must be one Bearer token; "
                    + "for another scheme the server needs an Authenticator or an OwnerResolver");
        }
        var keys = request.headers("X-API-Key");
        var key = Credentials.apiKey(keys);
        if (!keys.isEmpty() && key.isEmpty()) return new Resolution.Challenge(400, "", "X-API-Key header must be one key");
        return new Resolution.Known(token.or(() -> key).map(Owner::token).orElse(Owner.anonymous()));
    }

    /// {@return a resolver that challenges the anonymous callers of another resolver with 401}
    ///
    /// @param resolver        the other resolver
    /// @param wwwAuthenticate the value of `WWW-Authenticate`
    static OwnerResolver authenticated(OwnerResolver resolver, String wwwAuthenticate) {
        return request -> switch (resolver.resolve(request)) {
            case Resolution.Known(var owner) when owner.isAnonymous() -> new Resolution.Challenge(401, wwwAuthenticate);
            case Resolution other -> other;
        };
    }
}
