package dev.mcpsession.http;

import dev.mcpsession.Owner;
import java.util.Objects;

/// Says who is asking. It runs after whatever verifies credentials, and verifies nothing itself.
///
/// Called by many threads at once, for every request.
@FunctionalInterface
public interface OwnerResolver {

    /// Says who sent a request.
    ///
    /// @param request the request; its body is not to be read
    /// @return the owner, or a challenge to the client
    Resolution resolve(Request request);

    /// Who is asking, or what the client must show first.
    sealed interface Resolution {

        /// Somebody, or anonymous.
        ///
        /// @param owner who is asking
        record Known(Owner owner) implements Resolution {

            /// Checks that nothing is null.
            public Known {
                Objects.requireNonNull(owner, "owner");
            }
        }

        /// The client is refused until it shows better credentials, or shows them better.
        ///
        /// @param status          such as 401, 403, or 400 for credentials that cannot be read; not 404, on which clients begin a
        ///                        new session, and not 405
        /// @param wwwAuthenticate the value of `WWW-Authenticate`; empty for none, except with 401
        /// @param message         what the JSON-RPC error says; no credential
        /// @see <a href="https://www.rfc-editor.org/rfc/rfc6750.html#section-3.1">RFC 6750, 3.1</a>
        record Challenge(int status, String wwwAuthenticate, String message) implements Resolution {

            /// Checks all three.
            ///
            /// @throws IllegalArgumentException if the status is none of those, or the challenge is missing or not visible ASCII
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

            /// A challenge that says that other credentials are required.
            ///
            /// @param status          the status
            /// @param wwwAuthenticate the value of `WWW-Authenticate`
            public Challenge(int status, String wwwAuthenticate) {
                this(status, wwwAuthenticate, "other credentials are required");
            }
        }
    }

    /// The principal that the server has authenticated, else the hash of the bearer token, else that of the `X-API-Key`, else
    /// anonymous. With a token's hash a session is lost when its client refreshes the token: give a resolver that knows a stable
    /// name, such as issuer and subject.
    ///
    /// Unless the server has authenticated a principal, a request with an `Authorization` or `X-API-Key` header that cannot be read as
    /// one value is answered 400 and never counts as anonymous: several values that differ, a blank one, `Bearer` without a token, a
    /// token with a space, another scheme than `Bearer`. Both headers have to be readable; the token decides.
    ///
    /// @return a resolver without state
    static OwnerResolver standard() {
        return StandardOwner::of;
    }

    /// The same as another resolver, but nobody may be anonymous.
    ///
    /// @param resolver        says who is asking
    /// @param wwwAuthenticate the value of `WWW-Authenticate` for those who do not say
    /// @return a resolver that answers anonymous callers with 401
    static OwnerResolver authenticated(OwnerResolver resolver, String wwwAuthenticate) {
        return request -> switch (resolver.resolve(request)) {
            case Resolution.Known(var owner) when owner.isAnonymous() -> new Resolution.Challenge(401, wwwAuthenticate);
            case Resolution known -> known;
        };
    }
}
