package dev.mcpsession.http;

import static java.lang.System.Logger.Level.INFO;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Lets requests in, and logs what it refuses: behind a proxy that passes its own `Host`, or for a page of an origin that is not
/// allowed, every request is refused, and only the log can say which name to allow. Safe for use by many threads.
final class Door {

    private static final System.Logger LOG = System.getLogger(SessionHandler.class.getName());

    private final Rules rules;
    private final Consumer<String> log;
    private final LongAdder refused = new LongAdder();
    private final Map<String, OncePerMinute> due =
            Map.of(HostPolicy.HOST, new OncePerMinute(), HostPolicy.ORIGIN, new OncePerMinute());

    Door(Rules rules) {
        this(rules, line -> LOG.log(INFO, line));
    }

    Door(Rules rules, Consumer<String> log) {
        this.rules = rules;
        this.log = log;
    }

    Optional<Decision.Reply> refuse(Request request) {
        var reply = rules.refuseEarly(request);
        if (reply.isEmpty()) return reply;
        if (reply.get().status() == 403) rules.policy().refusal(request).ifPresent(this::report);
        return reply.map(answer -> Replies.with(answer, rules.policy().corsHeaders(request)));
    }

    private void report(HostPolicy.Refusal refusal) {
        refused.increment();
        if (!due.get(refusal.header()).isDue()) return;
        var option = "--allow-" + refusal.header().toLowerCase(Locale.ROOT);
        log.accept(refusal.header() + " is not allowed: \"" + Replies.printable(refusal.value()) + "\"; to allow it, name it in the "
                + "HostPolicy (" + option + " of the reference server); " + refused.sum() + " requests refused so far");
    }

    Decision withCors(Request request, Decision decision) {
        var cors = rules.policy().corsHeaders(request);
        return switch (decision) {
            case Decision.Reply reply -> Replies.with(reply, cors);
            case Decision.Forward forward -> forward.with(cors);
            case Decision.Stream(var headers, var stream) -> new Decision.Stream(merged(headers, cors), stream);
        };
    }

    private static Map<String, String> merged(Map<String, String> headers, Map<String, String> more) {
        var all = new HashMap<>(headers);
        all.putAll(more);
        return all;
    }
}
