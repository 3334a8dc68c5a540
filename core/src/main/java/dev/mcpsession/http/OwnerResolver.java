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

        /// The client is refused until it shows better credentials.
        ///
        /// @param status          401 or 403
        /// @param wwwAuthenticate the value of `WWW-Authenticate`
        record Challenge(int status, String wwwAuthenticate) implements Resolution {

            /// Checks both.
            ///
            /// @throws IllegalArgumentException if the status is not 401 or 403
            public Challenge {
                if (status != 401 && status != 403) throw new IllegalArgumentException("challenge must be 401 or 403: " + status);
                if (!wwwAuthenticate.chars().allMatch(c -> c >= 0x20 && c <= 0x7E)) {
                    throw new IllegalArgumentException("wwwAuthenticate must be visible ASCII on one line");
                }
            }
        }
    }

    /// The principal that the server has authenticated, else the bearer token's or the `X-API-Key`'s hash, else anonymous. With
    /// a token's hash a session is lost when its client refreshes the token: give a resolver that knows a stable name, such as
    /// issuer and subject.
    ///
    /// @return a resolver without state
    static OwnerResolver standard() {
        return request -> new Resolution.Known(StandardOwner.of(request));
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
