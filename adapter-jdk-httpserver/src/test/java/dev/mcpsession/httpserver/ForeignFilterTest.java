package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Headers that a filter of the application has set before the endpoint.
class ForeignFilterTest {

    private static final String ORIGIN = "Origin: http://localhost:6274";

    private final InMemorySessionStore store = new InMemorySessionStore(SessionPolicy.DEFAULT);
    private final SessionHandler sessions = SessionHandler.builder(store).build();
    private HttpServer server;

    @BeforeEach
    void create() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        sessions.close();
        store.close();
    }

    private RawHttp.Response exchange(HttpHandler application, String body) throws IOException {
        var endpoint = new SessionHttpHandler(application, sessions);
        server.createContext("/mcp", endpoint).getFilters().addAll(List.of(
                Filter.beforeHandler("varies", exchange -> exchange.getResponseHeaders().add("Vary", "Accept-Language")), endpoint.filter()));
        server.start();
        return RawHttp.exchange(server.getAddress(), RawHttp.request("POST", "/mcp", body, ORIGIN, Endpoint.JSON));
    }

    @Test
    void vary_ofAFilter_staysInAReply() throws IOException {
        var refused = exchange(Endpoint::answerSession, Messages.LIST_TOOLS);

        assertEquals(400, refused.status());
        assertEquals(List.of("Accept-Language", "Origin"), refused.headers().get("vary"));
    }

    @Test
    void vary_ofAFilterAndTheApplication_hasTheFieldsOfAll() throws IOException {
        var answer = exchange(exchange -> {
            exchange.getResponseHeaders().set("Vary", "Accept");
            Endpoint.answerSession(exchange);
        }, Messages.INITIALIZE);

        assertEquals(200, answer.status());
        assertEquals(List.of("Accept", "Accept-Language", "Origin"), answer.headers().get("vary"));
    }

    @Test
    void headers_ofAFailedApplication_areThoseBeforeIt() throws IOException {
        var failed = exchange(ForeignFilterTest::addAndFail, Messages.INITIALIZE);

        assertEquals(500, failed.status());
        assertEquals(List.of("Accept-Language", "Origin"), failed.headers().get("vary"));
        assertTrue(failed.header("X-Application").isEmpty());
    }

    private static void addAndFail(HttpExchange exchange) {
        exchange.getResponseHeaders().add("Vary", "Accept");
        exchange.getResponseHeaders().set("X-Application", "here");
        throw new IllegalStateException("on purpose");
    }
}
