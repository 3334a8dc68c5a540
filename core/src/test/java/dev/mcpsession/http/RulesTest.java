package dev.mcpsession.http;

import static dev.mcpsession.http.TestRequest.delete;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.mcpsession.Client;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import dev.mcpsession.json.Json;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {

    private static final SessionId ID = SessionId.random();
    private static final SessionId NO_SESSION = new SessionId("-");
    private static final EventId EVENT = new EventId("5e1f", 7);
    private static final String VERSION = McpHeaders.PROTOCOL_VERSION;
    private static final String LAST_EVENT_ID = McpHeaders.LAST_EVENT_ID;
    private static final Rules RULES = rules(Rules.Streams.BOTH);
    private static final Rules WITHOUT_BROADCASTER = rules(Rules.Streams.APPLICATION);
    private static final Client CLIENT = new Client("2025-11-25", "tester", Json.obj().with("roots", Json.obj()));
    private static final Intent NO_ID = new Intent.Deny(Replies.sessionIdRequired(JsonRpcPeek.NOTHING));

    private static Rules rules(Rules.Streams streams) {
        return new Rules("/mcp", HostPolicy.LOOPBACK, Limits.DEFAULT, Set.of(ProtocolVersion.values()), streams);
    }

    @ParameterizedTest
    @MethodSource("table")
    void intent_eachRow_isAsTheTableSays(TestRequest request, Intent intent) {
        assertEquals(Optional.empty(), refusedByHead(request).map(Decision.Reply::status));
        assertIntent(intent, intent(RULES, request));
    }

    static Stream<Arguments> table() {
        return Stream.of(
                arguments(post(TestRequest.INITIALIZE), new Intent.Create(CLIENT)),
                arguments(post(TestRequest.INITIALIZE).with(VERSION, "2025-11-25"), new Intent.Create(CLIENT)),
                arguments(post(TestRequest.PING), NO_ID),
                arguments(post("[" + TestRequest.INITIALIZE + "]"),
                        new Intent.Deny(Replies.invalidRequest("body must be one message, not a batch"))),
                arguments(post().within(ID), new Intent.Use(ID)),
                arguments(post().within(ID).with(VERSION, "2025-03-26"), new Intent.Use(ID)),
                arguments(post().within(ID).with(VERSION, "2025-06-18"), new Intent.Use(ID)),
                arguments(post().within(ID).with(VERSION, "2025-11-25"), new Intent.Use(ID)),
                arguments(get().within(ID), new Intent.OpenStream(ID, Optional.empty(), Optional.empty())),
                arguments(get().within(ID).with(VERSION, "2025-11-25"),
                        new Intent.OpenStream(ID, Optional.empty(), Optional.of(ProtocolVersion.V2025_11_25))),
                arguments(get(), NO_ID),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7"), new Intent.OpenStream(ID, Optional.of(EVENT), Optional.empty())),
                arguments(get().with(LAST_EVENT_ID, "mcps-5e1f-7"), NO_ID),
                arguments(get().within(ID).with(LAST_EVENT_ID, "of the application"), new Intent.Use(ID)),
                arguments(get().with(LAST_EVENT_ID, "of the application"), NO_ID),
                arguments(get().within(ID).with(LAST_EVENT_ID, ""), new Intent.OpenStream(ID, Optional.empty(), Optional.empty())),
                arguments(get().within(ID).with(LAST_EVENT_ID, " \t"), new Intent.OpenStream(ID, Optional.empty(), Optional.empty())),
                arguments(get().within(ID).with(LAST_EVENT_ID, " mcps-5e1f-7 , mcps-5e1f-7"), new Intent.OpenStream(ID, Optional.of(EVENT), Optional.empty())),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7\u001f"), new Intent.Use(ID)),
                arguments(get().within(ID).with(LAST_EVENT_ID, "one, two"), new Intent.Use(ID)),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7").with(LAST_EVENT_ID, "mcps-5e1f-8"),
                        new Intent.Deny(Replies.differentValues(LAST_EVENT_ID))),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7").with(LAST_EVENT_ID, "mcps-5e1f-7"),
                        new Intent.OpenStream(ID, Optional.of(EVENT), Optional.empty())),
                arguments(get().within(ID).without("Accept").with(LAST_EVENT_ID, "other"), new Intent.Use(ID)),
                arguments(get().within(ID).without("Accept"), new Intent.OpenStream(ID, Optional.empty(), Optional.empty())),
                arguments(get().without("Accept"), NO_ID),
                arguments(get().replacing("Accept", "text/html"), new Intent.Deny(Replies.NOT_ACCEPTABLE)),
                arguments(get().with(McpHeaders.SESSION_ID, " ").with(VERSION, ""), NO_ID),
                arguments(post(TestRequest.PING).with(McpHeaders.SESSION_ID, "").with(VERSION, " "), NO_ID),
                arguments(post().within(ID).with(McpHeaders.SESSION_ID, ID.value()), new Intent.Use(ID)),
                arguments(post().within(ID.value() + ", " + ID.value()), new Intent.Use(ID)),
                arguments(post().within(ID).with(VERSION, "2024-11-05"), new Intent.Use(ID)),
                arguments(delete().within(ID), new Intent.End(ID)),
                arguments(delete(), NO_ID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"of the application", "one, two", "mcps-", "0"})
    void intent_otherEventIdWithoutStreamsOfTheApplication_isAPositionThatIsGone(String id) {
        var rules = rules(Rules.Streams.LIBRARY);
        var request = get().within(ID).with(LAST_EVENT_ID, id);

        assertIntent(new Intent.Use(ID), intent(RULES, request));
        assertIntent(new Intent.OpenStream(ID, Optional.of(new EventId("0", 0)), Optional.empty()), intent(rules, request));
        assertIntent(new Intent.Deny(Replies.NOT_ACCEPTABLE), intent(rules, request.replacing("Accept", "text/html")));
        assertIntent(NO_ID, intent(rules, get().with(LAST_EVENT_ID, id)));
    }

    @ParameterizedTest
    @MethodSource("tableWithoutBroadcaster")
    void intent_noBroadcaster_getIsTheApplications(TestRequest request, Intent intent) {
        assertIntent(intent, intent(WITHOUT_BROADCASTER, request));
    }

    static Stream<Arguments> tableWithoutBroadcaster() {
        return Stream.of(
                arguments(get(), new Intent.Pass()),
                arguments(get().replacing("Accept", "text/html"), new Intent.Pass()),
                arguments(get().with(LAST_EVENT_ID, "mcps-5e1f-7"), new Intent.Pass()),
                arguments(get().within(ID), new Intent.Use(ID)),
                arguments(get().within(ID).without("Accept"), new Intent.Use(ID)),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7"), new Intent.Use(ID)),
                arguments(get().within("no id"), new Intent.Use(NO_SESSION)),
                arguments(delete().within(ID), new Intent.End(ID)),
                arguments(delete(), NO_ID),
                arguments(post().within(ID), new Intent.Use(ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "ä", "a, b", "a\u001f", "a\r\nb", "\u007f", "\u0000"})
    void intent_idThatNoneCanHave_isThatOfNoSession(String id) {
        for (var request : Stream.of(post(), get(), delete()).map(r -> r.within(id)).toList()) {
            assertThatOfNoSession(request);
        }
    }

    @Test
    void intent_idAsLongAsOneMayBe_isLookedUp() {
        var longest = "x".repeat(SessionId.MAX_LENGTH);

        assertEquals(new Intent.End(new SessionId(longest)), intent(RULES, delete().within(longest)));
        assertThatOfNoSession(delete().within(longest + "x"));
    }

    @Test
    void intent_twoIds_isThatOfNoSession() {
        for (var request : Stream.of(post(), get(), delete()).toList()) {
            var twice = request.within(ID).with("mcp-session-id", SessionId.random().value());

            assertThatOfNoSession(twice);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json, text/event-stream", "TEXT/Event-Stream;q=0.5, */*", "*/*", "text/*", "", " ", ",", "*; q=.2",
            "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/event-stream;charset=utf-8", "text/event-stream; q=0.001",
            "*/*;q=0, text/*", "text/*;q=0, text/event-stream", "text/event-stream;q=0, text/event-stream", "text/event-stream;q=x",
            "a/b;p=\",\", text/event-stream", "a/b;p=\";q=0\", */*", "text/*;q=0;x, text/event-stream;q=1"})
    void intent_acceptsEventStream_isListen(String accept) {
        assertEquals(new Intent.OpenStream(ID, Optional.empty(), Optional.empty()),
                intent(RULES, get().replacing("Accept", accept).within(ID)));
    }

    @Test
    void intent_acceptInSeveralHeaders_isListen() {
        var request = get().replacing("Accept", "application/json").with("accept", "text/event-stream").within(ID);

        assertEquals(new Intent.OpenStream(ID, Optional.empty(), Optional.empty()), intent(RULES, request));
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "text/event-streams", "application/json;text/event-stream", "text/event-stream;q=0", "text/event-stream;q=0.000, */*",
            "text/*;q=0, */*", "*/*; Q=0", "text/event-stream;q=0., text/*", "application/json", "text", "*/event-stream", "text/html, application/*",
            "a/b;p=\", text/event-stream\"", "text/event-stream\u001f"})
    void intent_acceptsSomethingElse_isNotAcceptable(String accept) {
        assertIntent(new Intent.Deny(Replies.NOT_ACCEPTABLE),
                intent(RULES, get().replacing("Accept", accept).within(ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "/mcp/", "/MCP", "/mcp/x", "//mcp", "/mcp;x", "/%6dcp", "/mcp?x"})
    void refuse_otherPath_isNotFound(String path) {
        assertRefused(404, -32600, post().withPath(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "HEAD", "PATCH", "TRACE", "post", "", "GET ", "OPTIONS"})
    void refuse_otherMethod_isNotAllowed(String method) {
        assertRefused(405, -32600, post().withMethod(method));
        assertEquals("GET, POST, DELETE", refusedByHead(post().withMethod(method)).orElseThrow().headers().get("Allow"));
    }

    @Test
    void refuse_optionsOfAllowedOrigin_isPreflight() {
        var request = TestRequest.of("OPTIONS").with("Origin", "http://localhost:3000");

        var reply = refusedByHead(request).orElseThrow();

        assertEquals(204, reply.status());
        assertEquals("GET, POST, DELETE", reply.headers().get("Access-Control-Allow-Methods"));
        assertEquals("Authorization, Content-Type, Accept, X-API-Key, Last-Event-ID, Mcp-Session-Id, MCP-Protocol-Version, Mcp-Method, "
                + "Mcp-Name, *", reply.headers().get("Access-Control-Allow-Headers"));
        assertEquals(Set.of("Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"),
                reply.headers().keySet());
        assertEquals(0, reply.body().length);
        assertEquals(reply.headers(), refusedByHead(request.with("Access-Control-Request-Headers", "x-mine")
                .with("Access-Control-Request-Method", "PUT")).orElseThrow().headers());
        assertRefused(403, -32600, TestRequest.of("OPTIONS").with("Origin", "http://evil.example"));
        assertRefused(403, -32600, request.replacing("Host", "evil.example"));
    }

    @Test
    void refuseEarly_hostOrOrigin_isNamed() {
        assertEquals("Host must be allowed by this server", message(get().replacing("Host", "evil.example")));
        assertEquals("Origin must be allowed by this server", message(get().with("Origin", "http://evil.example")));
        assertEquals("Host header must name one host", message(get().with("Host", "localhost")));
    }

    private static String message(TestRequest request) {
        return Endpoint.error(RULES.refuseEarly(request).orElseThrow()).string("message").orElseThrow();
    }

    @Test
    void refuse_hostOrOriginOfOthers_isForbidden() {
        for (var request : Stream.of(post(), get(), delete()).toList()) {
            assertRefused(403, -32600, request.replacing("Host", "evil.example"));
            assertRefused(400, -32600, request.without("Host"));
            assertRefused(403, -32600, request.with("Origin", "http://evil.example"));
            assertEquals(Optional.empty(), refusedByHead(request.with("Origin", "http://localhost")), request::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "", ";", "application/jsonx", "application/json, text/plain",
            "application/x-www-form-urlencoded", "multipart/form-data;application/json", "application/json;x, text/plain", "application/json\u001f"})
    void refuse_otherContentType_isUnsupported(String type) {
        assertRefused(415, -32600, post().replacing("Content-Type", type).within(ID));
    }

    @Test
    void refuse_contentTypeMissingOrTwo_isUnsupported() {
        assertRefused(415, -32600, post().without("Content-Type").within(ID));
        assertRefused(415, -32600, post().with("Content-Type", "text/plain").within(ID));
    }

    @Test
    void refuse_contentTypeTwice_isOneIfEqual() {
        assertEquals(Optional.empty(), refusedByHead(post().with("content-type", "application/json").within(ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON", " application/json ;x",
            "application/json, application/json", "application/json;a=\"x, y\""})
    void refuse_contentTypeIsJson_isNot(String type) {
        assertEquals(Optional.empty(), refusedByHead(post().replacing("Content-Type", type).within(ID)));
    }

    @Test
    void refuse_contentTypeOfGetAndDelete_doesNotMatter() {
        assertEquals(Optional.empty(), refusedByHead(get().with("Content-Type", "text/plain")));
        assertEquals(Optional.empty(), refusedByHead(delete().with("Content-Type", "text/plain")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-07-29", "2024-10-07", "2025-11-25\u001f", "2025-11-25, 2025-06-18", "DRAFT"})
    void refuse_unservedVersion_isRefusedOnceItsIdIsKnown(String version) {
        assertRefused(400, -32022, get().within(ID).with(VERSION, version));
        assertRefused(400, -32022, delete().within(ID).with(VERSION, version));
        var post = post(TestRequest.PING).within(ID).with(VERSION, version);
        assertEquals(Optional.empty(), refusedByHead(post));
        assertTrue(needsBody(post));

        var reply = refusedByBody(post).orElseThrow();

        assertEquals(400, reply.status());
        assertEquals("{\"supported\":[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"],\"requested\":" + new Json.Str(version) + "}",
                Endpoint.error(reply).get("data").orElseThrow().toString());
    }

    @Test
    void refuse_twoVersions_isRefusedThoughBothAreServed() {
        assertRefused(400, -32022, get().within(ID).with(VERSION, "2025-11-25").with(VERSION, "2025-06-18"));
        assertEquals(Optional.empty(), refusedByHead(get().within(ID).with(VERSION, "2025-11-25").with(VERSION, "2025-11-25")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-25, 2025-11-25", "2025-11-25 ", "2025-11-25,", "\t2025-11-25"})
    void refuse_servedVersionAsAProxyMayWriteIt_isNot(String version) {
        for (var request : Stream.of(get(), post(), delete()).map(r -> r.within(ID).with(VERSION, version)).toList()) {
            assertEquals(Optional.empty(), refusedByHead(request), request::toString);
            assertFalse(needsBody(request), request::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-01-01", "2099-01-01", "2024-10-07", "DRAFT", "true"})
    void refuse_initializeWithAnUnknownVersionHeader_isNotJudged(String version) {
        for (var request : Stream.of(post(TestRequest.INITIALIZE), post(TestRequest.INITIALIZE).within(ID)).map(r -> r.with(VERSION, version)).toList()) {
            assertEquals(Optional.empty(), refusedByHead(request));
            assertTrue(needsBody(request));
            assertEquals(Optional.empty(), refusedByBody(request));
        }
        var ofTheOtherEra = post(TestRequest.INITIALIZE).with(VERSION, "2026-07-28");
        assertEquals(-32602, Endpoint.code(refusedByBody(ofTheOtherEra).orElseThrow()));
        var several = post(TestRequest.INITIALIZE).with(VERSION, version + ", 2025-11-25");
        assertEquals(-32022, Endpoint.code(refusedByBody(several).orElseThrow()));
    }

    @Test
    void refuse_unservedVersionInTheBodyAlone_isRefused() {
        var request = post("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/list\",\"params\":"
                + "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2099-01-01\"}}}");

        var reply = refusedByBody(request).orElseThrow();

        assertEquals(-32022, Endpoint.code(reply));
        assertEquals("2099-01-01", Endpoint.error(reply).object("data").flatMap(data -> data.string("requested")).orElseThrow());
    }

    @Test
    void refuse_versionWithSessionsInTheBody_isNotRefused() {
        var request = post("{\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2025-06-18\"}}}");

        assertEquals(Optional.empty(), refusedByBody(request));
    }

    @Test
    void needsBody_headDecides_isFalse() {
        assertFalse(needsBody(post().within(ID)));
        assertFalse(needsBody(post().within("no id")));
        assertFalse(needsBody(post().within(ID).with(VERSION, "2025-06-18")));
        assertFalse(needsBody(get()));
        assertFalse(needsBody(delete()));
        assertTrue(needsBody(post()));
        assertTrue(needsBody(post().within(ID).with(VERSION, "2026-07-28")));
    }

    @Test
    void refuse_otherMethodsWithoutSessions_mustBePost() {
        for (var request : Stream.of(get(), get().within(ID), delete(), delete().within(ID)).toList()) {
            var stateless = request.with(VERSION, "2026-07-28").with(LAST_EVENT_ID, "mcps-5e1f-7");

            assertRefused(405, -32600, stateless);
            assertEquals("POST", refusedByHead(stateless).orElseThrow().headers().get("Allow"));
            assertRefused(403, -32600, stateless.replacing("Host", "evil.example"));
        }
    }

    private static void assertRefused(int status, int code, TestRequest request) {
        var reply = RULES.refuseEarly(request).or(() -> refusedByHead(request));
        assertEquals(Optional.of(status), reply.map(Decision.Reply::status), request::toString);
        assertEquals(code, Endpoint.code(reply.orElseThrow()), request::toString);
    }

    private static void assertIntent(Intent expected, Intent actual) {
        if (expected instanceof Intent.Deny(var reply) && actual instanceof Intent.Deny(var answer)) {
            assertEquals(reply.status(), answer.status());
            assertEquals(Endpoint.body(reply), Endpoint.body(answer));
        } else {
            assertEquals(expected, actual);
        }
    }

    private static void assertThatOfNoSession(TestRequest request) {
        assertFalse(NO_SESSION.isRandom());
        assertEquals(switch (request.method()) {
            case "POST" -> new Intent.Use(NO_SESSION);
            case "GET" -> new Intent.OpenStream(NO_SESSION, Optional.empty(), Optional.empty());
            default -> new Intent.End(NO_SESSION);
        }, intent(RULES, request), request::toString);
    }

    private static Intent intent(Rules rules, TestRequest request) {
        return rules.intent(RequestHead.of(request)).orElseGet(() -> rules.intent(RequestHead.of(request), peek(request)));
    }

    private static boolean needsBody(TestRequest request) {
        return RULES.intent(RequestHead.of(request)).isEmpty();
    }

    private static Optional<Decision.Reply> refusedByHead(TestRequest request) {
        return RULES.intent(RequestHead.of(request)).flatMap(RulesTest::refusal);
    }

    private static Optional<Decision.Reply> refusedByBody(TestRequest request) {
        return refusal(RULES.intent(RequestHead.of(request), peek(request)));
    }

    private static Optional<Decision.Reply> refusal(Intent intent) {
        return intent instanceof Intent.Refuse(var reply) ? Optional.of(reply) : Optional.empty();
    }

    private static JsonRpcPeek peek(TestRequest request) {
        return request.body() == null ? JsonRpcPeek.NOTHING : JsonRpcPeek.of(request.body(), Limits.DEFAULT);
    }
}
