package dev.mcpsession.http;

import static dev.mcpsession.http.ProtocolVersion.V2025_03_26;
import static dev.mcpsession.http.ProtocolVersion.V2025_06_18;
import static dev.mcpsession.http.ProtocolVersion.V2025_11_25;
import static dev.mcpsession.http.ProtocolVersion.V2026_07_28;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an endpoint answers that serves some revisions only.
class RevisionsTest {

    private static final String VERSION = McpHeaders.PROTOCOL_VERSION;

    private static Endpoint serving(ProtocolVersion... versions) {
        return new Endpoint(builder -> builder.revisions(versions));
    }

    private static void assertUnsupported(Endpoint endpoint, TestRequest request, Optional<Json> id, String requested, String... supported) {
        var reply = endpoint.reply(request);

        assertEquals(400, reply.status(), request::toString);
        assertEquals(-32022, Endpoint.code(reply));
        assertEquals(id.or(() -> Optional.of(Json.NULL)), Endpoint.body(reply).get("id"), request::toString);
        var data = Json.obj().with("supported", new Json.Arr(Stream.of(supported).<Json>map(Json.Str::new).toList())).with("requested", requested);
        assertEquals(Optional.of(data), Endpoint.error(reply).get("data"), request::toString);
        assertEquals(0, endpoint.store.heldCount());
        endpoint.assertNothingUnderWay();
    }

    @Test
    void revisions_none_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> serving());
        assertThrows(NullPointerException.class, () -> serving((ProtocolVersion) null));
    }

    @Test
    void revisions_namedTwice_areOne() {
        serving(V2025_11_25, V2025_11_25).close();
    }

    @Test
    void decide_otherEraWhereThereAreSessions_isUnsupported() {
        try (var endpoint = serving(V2025_11_25, V2025_06_18)) {
            var stateless = TestRequest.stateless("server/discover", "");
            var one = Optional.<Json>of(Json.Num.of(1));

            for (var request : List.of(stateless, stateless.without(VERSION), stateless.replacing(VERSION, "2025-11-25"), stateless.within("x"),
                    TestRequest.listen("1", "{\"toolsListChanged\":true}"), post(TestRequest.INITIALIZE).with(VERSION, "2026-07-28"))) {
                assertUnsupported(endpoint, request, one, "2026-07-28", "2025-11-25", "2025-06-18");
            }
            for (var request : List.of(TestRequest.get(), TestRequest.delete().within("x"), post("[]"), post(TestRequest.PING.replace("1", "null")))) {
                assertUnsupported(endpoint, request.with(VERSION, "2026-07-28"), Optional.empty(), "2026-07-28", "2025-11-25", "2025-06-18");
            }
        }
    }

    @Test
    void decide_otherRevisionWithSessions_isUnsupportedButForItsInitialize() {
        try (var endpoint = serving(V2025_11_25, V2026_07_28)) {
            assertUnsupported(endpoint, post(TestRequest.PING).with(VERSION, "2025-06-18").within("x"), Optional.of(Json.Num.of(1)),
                    "2025-06-18", "2026-07-28", "2025-11-25");
            assertUnsupported(endpoint, TestRequest.get().with(VERSION, "2025-03-26").within("x"), Optional.empty(),
                    "2025-03-26", "2026-07-28", "2025-11-25");
            for (var asked : List.of("2025-06-18", "2024-11-05", "1999-01-01", "2026-07-28")) {
                var initialize = post(TestRequest.INITIALIZE.replace("2025-11-25", asked));

                for (var request : asked.equals("2026-07-28") ? List.of(initialize) : List.of(initialize, initialize.with(VERSION, asked))) {
                    var forward = endpoint.forward(request);
                    assertTrue(forward.headers().containsKey(McpHeaders.SESSION_ID));
                    forward.completed(500);
                }
            }
            endpoint.forward(TestRequest.stateless("tools/list", "")).completed(200);
        }
    }

    @Test
    void decide_sessionsWhereThereAreNone_areUnsupported() {
        try (var endpoint = serving(V2026_07_28)) {
            var one = Optional.<Json>of(Json.Num.of(1));

            assertUnsupported(endpoint, post(TestRequest.INITIALIZE), one, "2025-11-25", "2026-07-28");
            assertUnsupported(endpoint, post(TestRequest.INITIALIZE).with(VERSION, "2025-06-18").within("x"), one, "2025-06-18", "2026-07-28");
            assertUnsupported(endpoint, post(TestRequest.PING), one, "2025-03-26", "2026-07-28");
            assertUnsupported(endpoint, post(TestRequest.PING).within("x"), one, "2025-03-26", "2026-07-28");
            assertUnsupported(endpoint, post(TestRequest.PING).with(VERSION, "2025-11-25").within("x"), one, "2025-11-25", "2026-07-28");
            assertUnsupported(endpoint, post("[" + TestRequest.PING + "]"), Optional.empty(), "2025-03-26", "2026-07-28");
            for (var request : List.of(TestRequest.get(), TestRequest.delete(), TestRequest.get().within("x").with(VERSION, "2025-11-25"),
                    TestRequest.of("PUT"))) {
                var reply = endpoint.reply(request);
                assertEquals(405, reply.status());
                assertEquals("POST", reply.headers().get("Allow"));
            }
            assertEquals("POST", endpoint.reply(TestRequest.of("OPTIONS").with("Origin", "http://localhost")).headers().get("Access-Control-Allow-Methods"));
            endpoint.forward(TestRequest.stateless("tools/list", "")).completed(200);
            endpoint.stream(TestRequest.listen("1", "{\"toolsListChanged\":true}")).stream().close();
        }
    }

    /// The oldest one is older than the transport, but clients ask for it and the application agrees.
    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26"})
    void decide_oldestRevisions_haveSessions(String version) {
        try (var endpoint = serving(ProtocolVersion.V2024_11_05, V2025_03_26)) {
            var forward = endpoint.forward(post(TestRequest.INITIALIZE.replace("2025-11-25", version)));
            var id = forward.session().orElseThrow().id();
            forward.completed(200);

            endpoint.call(post().within(id).with(VERSION, version));
            var stream = endpoint.stream(TestRequest.get().within(id).with(VERSION, version));
            assertEquals(204, endpoint.reply(TestRequest.delete().within(id).with(VERSION, version)).status());
            assertEquals(": connected\n\n", endpoint.written(stream).text());
        }
    }

    @Test
    void decide_newestOnly_isListedAlone() {
        try (var endpoint = serving(V2025_06_18)) {
            assertUnsupported(endpoint, post(TestRequest.PING).with(VERSION, "x".repeat(100)).within("x"), Optional.of(Json.Num.of(1)),
                    "x".repeat(64), "2025-06-18");
        }
    }
}
