package dev.mcpsession.httpserver.reference;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.http.Request;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A request of the JDK's server, as the library's rules see it.
///
/// @param exchange the exchange
record ExchangeRequest(HttpExchange exchange) implements Request {

    @Override
    public String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public String path() {
        return Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), "");
    }

    @Override
    public List<String> headers(String name) {
        return exchange.getRequestHeaders().getOrDefault(name, List.of());
    }

    @Override
    public Optional<String> principal() {
        return Optional.ofNullable(exchange.getPrincipal()).map(Object::toString);
    }

    @Override
    public Optional<byte[]> readBody(int maxBytes) throws IOException {
        var in = exchange.getRequestBody();
        var body = in.readNBytes(maxBytes);
        return in.read() < 0 ? Optional.of(body) : Optional.empty();
    }
}
