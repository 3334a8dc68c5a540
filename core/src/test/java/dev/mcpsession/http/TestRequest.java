package dev.mcpsession.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.SessionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A request as a value. Reading one without a body fails, so a decision on it has not read the body.
record TestRequest(String method, Optional<String> authority, String path, List<Header> headers, Optional<String> principal, byte[] body)
        implements Request {

    static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    static final String PARAMS = "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"roots\":{}},"
            + "\"clientInfo\":{\"name\":\"tester\",\"version\":\"1\"}}";
    static final String INITIALIZE = initialize("1", PARAMS);

    static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

    record Header(String name, String value) {}

    /// {@return a POST without a body}
    static TestRequest post() {
        return of("POST").with("Content-Type", "application/json").with("Accept", "application/json, text/event-stream");
    }

    static TestRequest post(String body) {
        return post().withBody(body);
    }

    /// {@return a request of 2026-07-28 with all required members}
    ///
    /// @param params further parameters, each followed by a comma
    static TestRequest stateless(String method, String params) {
        return post(statelessBody(method, params)).with(McpHeaders.PROTOCOL_VERSION, "2026-07-28").with(McpHeaders.METHOD, method);
    }

    static String statelessBody(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + params + META + "}}";
    }

    /// {@return a `subscriptions/listen` with this id and filter}
    static TestRequest listen(String id, String notifications) {
        var body = statelessBody("subscriptions/listen", "\"notifications\":" + notifications + ",").replace("\"id\":1", "\"id\":" + id);
        return stateless("subscriptions/listen", "").withBody(body);
    }

    static TestRequest get() {
        return of("GET").with("Accept", "text/event-stream");
    }

    static TestRequest delete() {
        return of("DELETE");
    }

    TestRequest(String method, String path, List<Header> headers, Optional<String> principal, byte[] body) {
        this(method, Optional.empty(), path, headers, principal, body);
    }

    static TestRequest of(String method) {
        return new TestRequest(method, "/mcp", List.of(), Optional.empty(), null).with("Host", "localhost:8080");
    }

    static String initialize(String id, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"initialize\",\"params\":" + params + "}";
    }

    TestRequest with(String name, String value) {
        return withHeaders(Stream.concat(headers.stream(), Stream.of(new Header(name, value))));
    }

    TestRequest without(String name) {
        return withHeaders(headers.stream().filter(header -> !header.name.equalsIgnoreCase(name)));
    }

    TestRequest replacing(String name, String value) {
        return without(name).with(name, value);
    }

    TestRequest within(String session) {
        return replacing(McpHeaders.SESSION_ID, session);
    }

    TestRequest within(SessionId session) {
        return within(session.value());
    }

    TestRequest by(String name) {
        return new TestRequest(method, authority, path, headers, Optional.of(name), body);
    }

    TestRequest withMethod(String value) {
        return new TestRequest(value, authority, path, headers, principal, body);
    }

    TestRequest withPath(String value) {
        return new TestRequest(method, authority, value, headers, principal, body);
    }

    /// {@return the same with a target in absolute form}
    TestRequest at(String value) {
        return new TestRequest(method, Optional.of(value), path, headers, principal, body);
    }

    TestRequest withBody(String value) {
        return withBody(value.getBytes(UTF_8));
    }

    TestRequest withBody(byte[] value) {
        return new TestRequest(method, authority, path, headers, principal, value);
    }

    private TestRequest withHeaders(Stream<Header> value) {
        return new TestRequest(method, authority, path, value.toList(), principal, body);
    }

    @Override
    public List<String> headers(String name) {
        return headers.stream().filter(header -> header.name.equalsIgnoreCase(name)).map(Header::value).toList();
    }

    @Override
    public Optional<byte[]> readBody(int maxBytes) throws IOException {
        if (body == null) throw new IOException("the client went away");
        return body.length <= maxBytes ? Optional.of(body) : Optional.empty();
    }

    @Override
    public String toString() {
        return method + ' ' + authority.map(host -> "http://" + host).orElse("") + path + ' ' + headers + principal.map(name -> " by " + name).orElse("");
    }
}
