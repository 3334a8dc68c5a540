package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.event.Event;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// A session in use does not expire, however long the use takes.
class LongCallTest {

    private static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration LONG = TTL.multipliedBy(3);

    @Test
    void handle_callAndStreamLongerThanTheTtl_keepTheirSessions() throws Exception {
        var takesLong = new AtomicBoolean();
        var store = new InMemorySessionStore(SessionPolicy.builder().provisionalTtl(TTL).ttl(TTL).build());
        try (var endpoint = new Endpoint(store, exchange -> {
            if (takesLong.get()) waitLong();
            Endpoint.answerSession(exchange);
        }, b -> b, b -> b)) {
            var calling = endpoint.initialize();
            var streaming = endpoint.initialize();
            var unused = endpoint.initialize();
            try (var stream = endpoint.stream(streaming); var call = endpoint.connect()) {
                takesLong.set(true);
                assertEquals(calling, call.exchange(RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(calling))).body());
                takesLong.set(false);

                assertEquals(200, endpoint.call(calling).status());
                assertEquals(200, endpoint.call(streaming).status());
                assertEquals(404, endpoint.call(unused).status());
                endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed"));
                stream.readUntil("list_changed");
            }
        }
    }

    /// Time has to pass here: what is tested is a ticker.
    private static void waitLong() throws IOException {
        try {
            new CountDownLatch(1).await(LONG.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
