package dev.mcpsession.httpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.mcpsession.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The asking side of an exchange. It looks through the headers itself, for the JDK's map spells a name anew whenever it is
/// asked, which takes longer than to compare it with the few that there are.
///
/// Used by one thread.
final class HttpRequest implements Request {

    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    private final HttpExchange exchange;
    private final Watchdog watchdog;
    private final RequestTarget target;
    private final List<Map.Entry<String, List<String>>> headers;

    HttpRequest(HttpExchange exchange, Watchdog watchdog) {
        this(exchange, watchdog, RequestTarget.of(exchange.getRequestURI()));
    }

    private HttpRequest(HttpExchange exchange, Watchdog watchdog, RequestTarget target) {
        this.exchange = exchange;
        this.watchdog = watchdog;
        this.target = target;
        headers = List.copyOf(exchange.getRequestHeaders().entrySet());
    }

    @Override
    public String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public Optional<String> authority() {
        return Optional.ofNullable(target.authority());
    }

    /// The same request to another path.
    static HttpRequest at(String path, HttpExchange exchange, Watchdog watchdog) {
        var target = RequestTarget.of(exchange.getRequestURI());
        return new HttpRequest(exchange, watchdog, new RequestTarget(path, target.authority()));
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
        return announced() > maxBytes ? Optional.empty() : readAtMost(maxBytes);
    }

    /// The server has checked that it is a number, and [Framing] how it is written.
    private long announced() {
        return header("Content-Length").map(Long::parseLong).orElse(0L);
    }

    private Optional<byte[]> readAtMost(int maxBytes) throws IOException {
        var in = exchange.getRequestBody();
        var body = new AtomicReference<byte[]>();
        try (var watch = watchdog.watch(READ_TIMEOUT)) {
            watch.run(() -> {
                var bytes = in.readNBytes(maxBytes);
                if (in.read() < 0) body.set(bytes);
            });
        }
        return Optional.ofNullable(body.get());
    }
}
