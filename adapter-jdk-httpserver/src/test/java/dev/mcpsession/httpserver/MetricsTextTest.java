package dev.mcpsession.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.contract.Await;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.HandlerStats;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTextTest {

    /// The endpoint, with its metrics beside it.
    private static Endpoint endpoint() throws IOException {
        var metrics = new AtomicReference<MetricsText>();
        var endpoint = new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), Endpoint::answerSession, b -> b,
                http -> http.handler("/metrics", exchange -> metrics.get().handle(exchange)));
        metrics.set(new MetricsText(endpoint.sessions));
        return endpoint;
    }

    private static PrometheusText scrape(Endpoint endpoint) throws IOException {
        var response = endpoint.exchange("GET", "/metrics", "");
        assertEquals(200, response.status());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", response.header("Content-Type").orElseThrow());
        return new PrometheusText(response.body());
    }

    @Test
    void handle_afterSomeUse_isReadByAStrictReader() throws Exception {
        try (var endpoint = endpoint()) {
            var session = endpoint.initialize();
            endpoint.call(session);
            endpoint.call("nobody");
            try (var stream = endpoint.stream(session)) {
                endpoint.broadcaster.publish(Event.toolsChanged());
                stream.readUntil("list_changed");
                Await.await("event counted", () -> endpoint.sessions.stats().streams().delivered() == 1);

                var text = scrape(endpoint);

                assertValue(text, 1, "mcp_server_ready");
                assertValue(text, 1, "mcp_server_sessions_created_total");
                assertValue(text, 1, "mcp_server_sessions_in_use");
                assertValue(text, 1, "mcp_server_streams_open");
                assertValue(text, 1, "mcp_server_events_published_total");
                assertValue(text, 1, "mcp_server_events_delivered_total");
                assertValue(text, 1, "mcp_server_requests_refused_total{cause=\"no_session\"}");
                assertValue(text, 1, "mcp_server_event_delivery_lag_seconds_count");
                assertValue(text, 0, "mcp_server_calls_in_flight");
                endpoint.exchange("DELETE", "/mcp", "", Endpoint.idHeader(session));
                Await.await("stream ended", () -> endpoint.sessions.stats().streams().open() == 0);
            }

            var text = scrape(endpoint);

            assertValue(text, 1, "mcp_server_session_duration_seconds_count");
            assertValue(text, 1, "mcp_server_stream_duration_seconds_count");
            assertValue(text, 1, "mcp_server_sessions_ended_total{cause=\"deleted\"}");
            assertValue(text, 1, "mcp_server_streams_ended_total{cause=\"session_ended\"}");
            assertEquals("histogram", text.types().get("mcp_server_session_duration_seconds"));
        }
    }

    private static void assertValue(PrometheusText text, long value, String series) {
        assertEquals(new BigDecimal(value), text.value(series), series);
    }

    /// The README says how many series there are.
    @Test
    void text_series_areBoundedByTheCauses() throws Exception {
        try (var endpoint = endpoint()) {
            var text = scrape(endpoint);

            for (var end : StreamEnd.values()) {
                assertValue(text, 0, "mcp_server_streams_ended_total{cause=\"" + end.name().toLowerCase(Locale.ROOT) + "\"}");
            }
            for (var why : HandlerStats.Refusal.values()) {
                assertValue(text, 0, "mcp_server_requests_refused_total{cause=\"" + why.name().toLowerCase(Locale.ROOT) + "\"}");
            }
            assertEquals(119, text.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE", "PUT"})
    void handle_otherMethod_is405(String method) throws Exception {
        try (var endpoint = endpoint()) {
            var response = endpoint.exchange(method, "/metrics", "");

            assertEquals(405, response.status());
            assertEquals("GET, HEAD", response.header("Allow").orElseThrow());
            assertEquals(404, endpoint.exchange("GET", "/metrics/", "").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 1", "# HELP a b\na 1\n", "# HELP a b\n# TYPE a gauge\na 1,5\n", "# HELP a b\n# TYPE a counter\na 1\n",
            "# HELP a b\n# TYPE a gauge\na 1\na 1\n", "# HELP a b\n# TYPE a gauge\n", "# HELP a b\n# TYPE a gauge\na{le=\"1\"} 1\n",
            "# HELP a b\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
            "# HELP a b\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n", "# HELP a b\n# TYPE a gauge\na ١\n"})
    void reader_wrongText_isRefused(String text) {
        assertThrows(AssertionError.class, () -> new PrometheusText(text));
    }
}
