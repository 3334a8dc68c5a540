package dev.mcpsession.http;

import static java.lang.System.Logger.Level.INFO;

import java.util.Locale;
import java.util.Optional;

/// Refuses requests that are not for this endpoint, and adds CORS headers to the answers of all others. Thread-safe.
///
/// If a proxy passes its own `Host`, or a page comes from an origin that is not allowed, every request is refused, and only the log
/// shows which name to allow.
final class Door {

    private final Rules rules;
    private final FailureLog hosts;
    private final FailureLog origins;

    Door(Rules rules) {
        this(rules, Sessions.LOG);
    }

    Door(Rules rules, System.Logger log) {
        this.rules = rules;
        hosts = new FailureLog(log, INFO);
        origins = new FailureLog(log, INFO);
    }

    Optional<Decision.Reply> refuse(Request request) {
        var reply = rules.refuseEarly(request);
        if (reply.isEmpty()) return reply;
        if (reply.get().status() == 403) rules.policy().refusal(request).ifPresent(this::log);
        return reply.map(answer -> Replies.with(answer, rules.policy().corsHeaders(request)));
    }

    private void log(HostPolicy.Refusal refusal) {
        var option = "--allow-" + refusal.header().toLowerCase(Locale.ROOT);
        (refusal.header().equals(HostPolicy.HOST) ? hosts : origins).add(_ ->
                refusal.header() + " is not allowed: \"" + Replies.printable(refusal.value()) + "\"; to allow it, name it in the "
                        + "HostPolicy (" + option + " of the reference server); " + (hosts.total() + origins.total())
                        + " requests refused so far");
    }

    Decision withCors(Request request, Decision decision) {
        var cors = rules.policy().corsHeaders(request);
        return switch (decision) {
            case Decision.Reply reply -> Replies.with(reply, cors);
            case Decision.Forward forward -> forward.withHeaders(Replies.merged(forward.headers(), cors));
            case Decision.Stream(var headers, var stream) -> new Decision.Stream(Replies.merged(headers, cors), stream);
        };
    }
}
