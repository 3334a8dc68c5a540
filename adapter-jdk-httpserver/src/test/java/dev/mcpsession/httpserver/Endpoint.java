package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.mcpsession.Caller;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/// A server on a free port, with its store, broadcaster and session handler.
final class Endpoint implements AutoCloseable {

    static final String JSON = "Content-Type: application/json";
    static final String EVENTS = "Accept: text/event-stream";

    final SessionStore store;
    final StripedBroadcaster broadcaster = new StripedBroadcaster();
    final SessionHandler sessions;
    final McpHttpServer server;
    final InetSocketAddress address;

    Endpoint() throws IOException {
        this(Endpoint::answerSession);
    }

    Endpoint(HttpHandler application) throws IOException {
        this(new InMemorySessionStore(SessionPolicy.DEFAULT), application, b -> b, b -> b);
    }

    Endpoint(SessionStore store, HttpHandler application, UnaryOperator<SessionHandler.Builder> rules,
             UnaryOperator<McpHttpServer.Builder> http) throws IOException {
        this.store = store;
        sessions = rules.apply(SessionHandler.builder(store).broadcaster(broadcaster)).build();
        server = http.apply(McpHttpServer.builder(sessions).address(new InetSocketAddress("127.0.0.1", 0)))
                .endpoint(application).start();
        address = server.address();
    }

    /// Answers with the id of the caller's session.
    static void answerSession(HttpExchange exchange) throws IOException {
        answer(exchange, 200, Caller.current().session().map(session -> session.id().value()).orElse("none"));
    }

    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getRequestBody().readAllBytes();
        var body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    RawHttp connect() throws IOException {
        return RawHttp.connect(address);
    }

    RawHttp.Response exchange(String method, String target, String body, String... headers) throws IOException {
        return RawHttp.exchange(address, RawHttp.request(method, target, body, headers));
    }

    static String idHeader(String session) {
        return "Mcp-Session-Id: " + session;
    }

    String initialize(String... headers) throws IOException {
        var all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = JSON;
        var response = exchange("POST", "/mcp", Messages.INITIALIZE, all);
        assertEquals(2, response.status() / 100, response::toString);
        return response.header("Mcp-Session-Id").orElseThrow();
    }

    RawHttp.Response call(String session) throws IOException {
        return exchange("POST", "/mcp", Messages.LIST_TOOLS, JSON, idHeader(session));
    }

    /// Opens a stream that is subscribed when this returns.
    RawHttp stream(String session) throws IOException {
        return stream(connect(), session);
    }

    static RawHttp stream(RawHttp http, String session) throws IOException {
        http.send(RawHttp.request("GET", "/mcp", "", EVENTS, idHeader(session)));
        assertEquals(200, http.readHead().status());
        http.readUntil(": connected");
        return http;
    }

    boolean isAlive(String session) {
        return store.find(new SessionId(session)).isPresent();
    }

    @Override
    public void close() {
        server.close();
        broadcaster.close();
        store.close();
    }
}
