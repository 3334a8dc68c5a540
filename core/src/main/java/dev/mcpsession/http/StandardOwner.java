package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.http.OwnerResolver.Resolution;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Resolves the owner of a request from its credentials. A caller is anonymous only if it sends none at all: a client whose
/// credential is unreadable believes itself authenticated, and must not get a session that is open to everyone.
final class StandardOwner {

    private static final String AUTHORIZATION = "Authorization";
    private static final String API_KEY = "X-API-Key";

    // RFC 6750, 2.1, but with every visible character: tokens in use have some that its grammar lacks, such as `1|abc`. The comma
    // stays out, since it joins values.
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([\\x21-\\x7E&&[^,]]+)");
    private static final Pattern KEY = Pattern.compile("([\\x20-\\x7E&&[^,]]+)");

    private StandardOwner() {}

    static Resolution of(Request request) {
        var principal = request.principal().filter(name -> !name.isEmpty());
        if (principal.isPresent()) return new Resolution.Known(Owner.principal(principal.get()));
        var authorization = request.headers(AUTHORIZATION);
        var token = only(authorization, BEARER);
        if (!authorization.isEmpty() && token.isEmpty()) {
            return new Resolution.Challenge(400, "Bearer error=\"invalid_request\"", AUTHORIZATION
                    + " header must be one Bearer token; for another scheme the server needs an Authenticator or an OwnerResolver");
        }
        var keys = request.headers(API_KEY);
        var key = only(keys, KEY);
        if (!keys.isEmpty() && key.isEmpty()) return new Resolution.Challenge(400, "", API_KEY + " header must be one key");
        return new Resolution.Known(token.or(() -> key).map(Owner::token).orElse(Owner.anonymous()));
    }

    private static Optional<String> only(List<String> lines, Pattern form) {
        return HeaderValue.of(lines).one().map(form::matcher).filter(Matcher::matches).map(match -> match.group(1));
    }
}
