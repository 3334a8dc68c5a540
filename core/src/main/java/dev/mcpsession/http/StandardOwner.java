package dev.mcpsession.http;

import dev.mcpsession.Owner;
import java.util.Optional;

/// Who is asking, by what a request carries.
final class StandardOwner {

    private static final String BEARER = "Bearer ";

    private StandardOwner() {}

    static Owner of(Request request) {
        return nonEmpty(request.principal()).map(Owner::principal)
                .or(() -> bearerToken(request).or(() -> nonEmpty(request.header("X-API-Key"))).map(Owner::token))
                .orElse(Owner.anonymous());
    }

    private static Optional<String> bearerToken(Request request) {
        return nonEmpty(request.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip()));
    }

    private static Optional<String> nonEmpty(Optional<String> value) {
        return value.filter(text -> !text.isEmpty());
    }
}
