package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.mcpsession.ForAdapters;
import dev.mcpsession.http.Request;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The request of an [HttpExchange], as a [dev.mcpsession.http.SessionHandler] reads it. Used by one thread.
///
/// A client that takes longer than 30 s to send the body that [#readBody] reads loses its connection.
@ForAdapters
public final class ExchangeRequest implements Request {

    private static final Watchdog READS = new Watchdog(Duration.ofSeconds(30));

    private final HttpExchange exchange;
    private final Target target;

    // Searched linearly: the JDK's map normalizes the name at each lookup, which takes longer than comparing it with the few names present.
    private final List<Map.Entry<String, List<String>>> headers;

    /// Creates a view of an exchange.
    ///
    /// @param exchange the exchange; nothing is read yet
    public ExchangeRequest(HttpExchange exchange) {
        this(exchange, Target.of(exchange.getRequestURI()));
    }

    private ExchangeRequest(HttpExchange exchange, Target target) {
        this.exchange = exchange;
        this.target = target;
        headers = List.copyOf(exchange.getRequestHeaders().entrySet());
    }

    /// Returns the same request with another path, so that the rules of the endpoint at that path apply.
    ///
    /// @param path the path
    /// @return a view of the same exchange
    public ExchangeRequest at(String path) {
        return new ExchangeRequest(exchange, new Target(path, target.authority));
    }

    @Override
    public String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public String path() {
        return target.path;
    }

    @Override
    public Optional<String> authority() {
        return target.authority;
    }

    @Override
    public List<String> headers(String name) {
        for (var header : headers) {
            if (header.getKey().equalsIgnoreCase(name)) return header.getValue();
        }
        return List.of();
    }

    @Override
    public Optional<String> principal() {
        return Optional.ofNullable(exchange.getPrincipal()).map(HttpPrincipal::getName);
    }

    @Override
    public Optional<byte[]> readBody(int maxBytes) throws IOException {
        return announcedBytes() > maxBytes ? Optional.empty() : readAtMost(maxBytes);
    }

    /// The server has checked that the length is a number.
    private long announcedBytes() {
        return header("Content-Length").map(Long::parseLong).orElse(0L);
    }

    private Optional<byte[]> readAtMost(int maxBytes) throws IOException {
        var in = exchange.getRequestBody();
        var body = new AtomicReference<byte[]>();
        try (var watch = READS.watch()) {
            watch.run(() -> {
                var bytes = in.readNBytes(maxBytes);
                if (in.read() < 0) body.set(bytes);
            });
        }
        return Optional.ofNullable(body.get());
    }

    /// The target as the client wrote it: [URI] takes the first segment of `//mcp` for a host, and turns `///mcp` into `/mcp`.
    ///
    /// @param path      neither decoded nor normalized; the whole target if that is neither a path nor an `http` URI
    /// @param authority of an absolute-form target
    /// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2">RFC 9112, 3.2</a>
    private record Target(String path, Optional<String> authority) {

        static Target of(URI uri) {
            var text = uri.toString();
            if (text.startsWith("/") || !isHttp(uri)) return new Target(withoutQuery(text), Optional.empty());
            var authority = uri.getRawAuthority();
            return new Target(withoutQuery(text.substring(text.indexOf("//") + 2 + authority.length())), Optional.of(authority));
        }

        private static boolean isHttp(URI uri) {
            var scheme = uri.getScheme();
            return uri.getRawAuthority() != null && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
        }

        private static String withoutQuery(String text) {
            var query = text.indexOf('?');
            return query < 0 ? text : text.substring(0, query);
        }
    }
}
