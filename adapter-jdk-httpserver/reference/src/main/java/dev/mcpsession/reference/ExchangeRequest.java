package dev.mcpsession.reference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.mcpsession.http.Request;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A request of the JDK's server, as the library's rules see it.
///
/// @param exchange the exchange
/// @param path     the path that the rules see
record ExchangeRequest(HttpExchange exchange, String path) implements Request {

    ExchangeRequest(HttpExchange exchange) {
        this(exchange, Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), ""));
    }

    /// The same request at the path of another endpoint, for the rules of that one.
    ExchangeRequest at(String other) {
        return new ExchangeRequest(exchange, other);
    }

    @Override
    public String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public Optional<String> authority() {
        var target = exchange.getRequestURI();
        return target.isAbsolute() ? Optional.ofNullable(target.getRawAuthority()) : Optional.empty();
    }

    @Override
    public List<String> headers(String name) {
        return exchange.getRequestHeaders().getOrDefault(name, List.of());
    }

    @Override
    public Optional<String> principal() {
        return Optional.ofNullable(exchange.getPrincipal()).map(HttpPrincipal::getName);
    }

    @Override
    public Optional<byte[]> readBody(int maxBytes) throws IOException {
        var in = exchange.getRequestBody();
        var body = in.readNBytes(maxBytes);
        return in.read() < 0 ? Optional.of(body) : Optional.empty();
    }
}
