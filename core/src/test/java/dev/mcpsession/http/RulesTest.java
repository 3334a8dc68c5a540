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
    private static final EventId EVENT = new EventId("5e1f", 7);
    private static final String VERSION = McpHeaders.PROTOCOL_VERSION;
    private static final String LAST_EVENT_ID = McpHeaders.LAST_EVENT_ID;
    private static final Rules RULES = rules(Revisions.ALL, Rules.Streams.BOTH);
    private static final Rules WITHOUT_BROADCASTER = rules(Revisions.ALL, Rules.Streams.APPLICATION);
    private static final Client CLIENT = new Client("2025-11-25", "tester", Json.obj().with("roots", Json.obj()));
    private static final Intent NO_ID = new Intent.Refused(Replies.sessionIdRequired(JsonRpcPeek.NOTHING));

    private static Rules rules(Revisions revisions, Rules.Streams streams) {
        return new Rules("/mcp", HostPolicy.LOOPBACK, Limits.DEFAULT, revisions, streams);
    }

    @ParameterizedTest
    @MethodSource("table")
    void wish_eachRow_isAsTheTableSays(TestRequest request, Intent wish) {
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(request)).map(Decision.Reply::status));
        assertWish(wish, RULES.wish(RequestHead.of(request), peek(request)));
    }

    static Stream<Arguments> table() {
        return Stream.of(
                arguments(post(TestRequest.INITIALIZE), new Intent.Create(CLIENT)),
                arguments(post(TestRequest.INITIALIZE).with(VERSION, "2025-11-25"), new Intent.Create(CLIENT)),
                arguments(post(TestRequest.PING), NO_ID),
                arguments(post("[" + TestRequest.INITIALIZE + "]"),
                        new Intent.Refused(Replies.invalidRequest("body must be one message, not a batch"))),
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
                        new Intent.Refused(Replies.differentValues(LAST_EVENT_ID))),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7").with(LAST_EVENT_ID, "mcps-5e1f-7"),
                        new Intent.OpenStream(ID, Optional.of(EVENT), Optional.empty())),
                arguments(get().within(ID).without("Accept").with(LAST_EVENT_ID, "other"), new Intent.Use(ID)),
                arguments(get().within(ID).without("Accept"), new Intent.OpenStream(ID, Optional.empty(), Optional.empty())),
                arguments(get().without("Accept"), NO_ID),
                arguments(get().replacing("Accept", "text/html"), new Intent.Refused(Replies.notAcceptable())),
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
    void wish_otherEventIdWithoutStreamsOfTheApplication_isAPositionThatIsGone(String id) {
        var rules = rules(Revisions.ALL, Rules.Streams.LIBRARY);
        var request = get().within(ID).with(LAST_EVENT_ID, id);

        assertWish(new Intent.Use(ID), RULES.wish(RequestHead.of(request), JsonRpcPeek.NOTHING));
        assertWish(new Intent.OpenStream(ID, Optional.of(new EventId("0", 0)), Optional.empty()), rules.wish(RequestHead.of(request), JsonRpcPeek.NOTHING));
        assertWish(new Intent.Refused(Replies.notAcceptable()), rules.wish(RequestHead.of(request.replacing("Accept", "text/html")), JsonRpcPeek.NOTHING));
        assertWish(NO_ID, rules.wish(RequestHead.of(get().with(LAST_EVENT_ID, id)), JsonRpcPeek.NOTHING));
    }

    @ParameterizedTest
    @MethodSource("tableWithoutBroadcaster")
    void wish_noBroadcaster_getIsTheApplications(TestRequest request, Intent wish) {
        assertWish(wish, WITHOUT_BROADCASTER.wish(RequestHead.of(request), JsonRpcPeek.NOTHING));
    }

    static Stream<Arguments> tableWithoutBroadcaster() {
        return Stream.of(
                arguments(get(), new Intent.Pass()),
                arguments(get().replacing("Accept", "text/html"), new Intent.Pass()),
                arguments(get().with(LAST_EVENT_ID, "mcps-5e1f-7"), new Intent.Pass()),
                arguments(get().within(ID), new Intent.Use(ID)),
                arguments(get().within(ID).without("Accept"), new Intent.Use(ID)),
                arguments(get().within(ID).with(LAST_EVENT_ID, "mcps-5e1f-7"), new Intent.Use(ID)),
                arguments(get().within("no id"), new Intent.Nowhere()),
                arguments(delete().within(ID), new Intent.End(ID)),
                arguments(delete(), NO_ID),
                arguments(post().within(ID), new Intent.Use(ID)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "ä", "a, b", "a\u001f", "a\r\nb", "\u007f", "\u0000"})
    void wish_idThatNoneCanHave_isNowhere(String id) {
        for (var request : Stream.of(post(), get(), delete()).map(r -> r.within(id)).toList()) {
            assertEquals(new Intent.Nowhere(), RULES.wish(RequestHead.of(request), JsonRpcPeek.NOTHING), request::toString);
        }
    }

    @Test
    void wish_idAsLongAsOneMayBe_isLookedUp() {
        var longest = "x".repeat(SessionId.MAX_LENGTH);

        assertEquals(new Intent.End(new SessionId(longest)), RULES.wish(RequestHead.of(delete().within(longest)), JsonRpcPeek.NOTHING));
        assertEquals(new Intent.Nowhere(), RULES.wish(RequestHead.of(delete().within(longest + "x")), JsonRpcPeek.NOTHING));
    }

    @Test
    void wish_twoIds_isNowhere() {
        for (var request : Stream.of(post(), get(), delete()).toList()) {
            var twice = request.within(ID).with("mcp-session-id", SessionId.random().value());

            assertEquals(new Intent.Nowhere(), RULES.wish(RequestHead.of(twice), JsonRpcPeek.NOTHING), request::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json, text/event-stream", "TEXT/Event-Stream;q=0.5, */*", "*/*", "text/*", "", " ", ",", "*; q=.2",
            "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/event-stream;charset=utf-8", "text/event-stream; q=0.001",
            "*/*;q=0, text/*", "text/*;q=0, text/event-stream", "text/event-stream;q=0, text/event-stream", "text/event-stream;q=x",
            "a/b;p=\",\", text/event-stream", "a/b;p=\";q=0\", */*", "text/*;q=0;x, text/event-stream;q=1"})
    void wish_acceptsEventStream_isListen(String accept) {
        assertEquals(new Intent.OpenStream(ID, Optional.empty(), Optional.empty()),
                RULES.wish(RequestHead.of(get().replacing("Accept", accept).within(ID)), JsonRpcPeek.NOTHING));
    }

    @Test
    void wish_acceptInSeveralHeaders_isListen() {
        var request = get().replacing("Accept", "application/json").with("accept", "text/event-stream").within(ID);

        assertEquals(new Intent.OpenStream(ID, Optional.empty(), Optional.empty()), RULES.wish(RequestHead.of(request), JsonRpcPeek.NOTHING));
    }

    @ParameterizedTest
    @ValueSource(strings = {";", "text/event-streams", "application/json;text/event-stream", "text/event-stream;q=0", "text/event-stream;q=0.000, */*",
            "text/*;q=0, */*", "*/*; Q=0", "text/event-stream;q=0., text/*", "application/json", "text", "*/event-stream", "text/html, application/*",
            "a/b;p=\", text/event-stream\"", "text/event-stream\u001f"})
    void wish_acceptsSomethingElse_isNotAcceptable(String accept) {
        assertWish(new Intent.Refused(Replies.notAcceptable()),
                RULES.wish(RequestHead.of(get().replacing("Accept", accept).within(ID)), JsonRpcPeek.NOTHING));
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
        assertEquals("GET, POST, DELETE", RULES.refuse(RequestHead.of(post().withMethod(method))).orElseThrow().headers().get("Allow"));
    }

    @Test
    void refuse_optionsOfAllowedOrigin_isPreflight() {
        var request = TestRequest.of("OPTIONS").with("Origin", "http://localhost:3000");

        var reply = RULES.refuse(RequestHead.of(request)).orElseThrow();

        assertEquals(204, reply.status());
        assertEquals("GET, POST, DELETE", reply.headers().get("Access-Control-Allow-Methods"));
        assertEquals("Authorization, Content-Type, Accept, X-API-Key, Last-Event-ID, Mcp-Session-Id, MCP-Protocol-Version, Mcp-Method, "
                + "Mcp-Name, *", reply.headers().get("Access-Control-Allow-Headers"));
        assertEquals(Set.of("Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"),
                reply.headers().keySet());
        assertEquals(0, reply.body().length);
        assertEquals(reply.headers(), RULES.refuse(RequestHead.of(request.with("Access-Control-Request-Headers", "x-mine")
                .with("Access-Control-Request-Method", "PUT"))).orElseThrow().headers());
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
            assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(request.with("Origin", "http://localhost"))), request::toString);
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
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(post().with("content-type", "application/json").within(ID))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON", " application/json ;x",
            "application/json, application/json", "application/json;a=\"x, y\""})
    void refuse_contentTypeIsJson_isNot(String type) {
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(post().replacing("Content-Type", type).within(ID))));
    }

    @Test
    void refuse_contentTypeOfGetAndDelete_doesNotMatter() {
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(get().with("Content-Type", "text/plain"))));
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(delete().with("Content-Type", "text/plain"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-07-29", "2024-10-07", "2025-11-25\u001f", "2025-11-25, 2025-06-18", "DRAFT"})
    void refuse_unservedVersion_isRefusedOnceItsIdIsKnown(String version) {
        assertRefused(400, -32022, get().within(ID).with(VERSION, version));
        assertRefused(400, -32022, delete().within(ID).with(VERSION, version));
        var post = post(TestRequest.PING).within(ID).with(VERSION, version);
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(post)));
        assertTrue(RULES.needsBody(RequestHead.of(post)));

        var reply = RULES.refuse(RequestHead.of(post), peek(post)).orElseThrow();

        assertEquals(400, reply.status());
        assertEquals("{\"supported\":[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"],\"requested\":" + new Json.Str(version) + "}",
                Endpoint.error(reply).get("data").orElseThrow().toString());
    }

    @Test
    void refuse_twoVersions_isRefusedThoughBothAreServed() {
        assertRefused(400, -32022, get().within(ID).with(VERSION, "2025-11-25").with(VERSION, "2025-06-18"));
        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(get().within(ID).with(VERSION, "2025-11-25").with(VERSION, "2025-11-25"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-11-25, 2025-11-25", "2025-11-25 ", "2025-11-25,", "\t2025-11-25"})
    void refuse_servedVersionAsAProxyMayWriteIt_isNot(String version) {
        for (var request : Stream.of(get(), post(), delete()).map(r -> r.within(ID).with(VERSION, version)).toList()) {
            assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(request)), request::toString);
            assertFalse(RULES.needsBody(RequestHead.of(request)), request::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-01-01", "2099-01-01", "2024-10-07", "DRAFT", "true"})
    void refuse_initializeWithAnUnknownVersionHeader_isNotJudged(String version) {
        for (var request : Stream.of(post(TestRequest.INITIALIZE), post(TestRequest.INITIALIZE).within(ID)).map(r -> r.with(VERSION, version)).toList()) {
            assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(request)));
            assertTrue(RULES.needsBody(RequestHead.of(request)));
            assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(request), peek(request)));
        }
        var ofTheOtherEra = post(TestRequest.INITIALIZE).with(VERSION, "2026-07-28");
        assertEquals(-32602, Endpoint.code(RULES.refuse(RequestHead.of(ofTheOtherEra), peek(ofTheOtherEra)).orElseThrow()));
        var several = post(TestRequest.INITIALIZE).with(VERSION, version + ", 2025-11-25");
        assertEquals(-32022, Endpoint.code(RULES.refuse(RequestHead.of(several), peek(several)).orElseThrow()));
    }

    @Test
    void refuse_unservedVersionInTheBodyAlone_isRefused() {
        var request = post("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/list\",\"params\":"
                + "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2099-01-01\"}}}");

        var reply = RULES.refuse(RequestHead.of(request), peek(request)).orElseThrow();

        assertEquals(-32022, Endpoint.code(reply));
        assertEquals("2099-01-01", Endpoint.error(reply).object("data").flatMap(data -> data.string("requested")).orElseThrow());
    }

    @Test
    void refuse_versionWithSessionsInTheBody_isNotRefused() {
        var request = post("{\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2025-06-18\"}}}");

        assertEquals(Optional.empty(), RULES.refuse(RequestHead.of(request), peek(request)));
    }

    @Test
    void needsBody_headDecides_isFalse() {
        assertFalse(RULES.needsBody(RequestHead.of(post().within(ID))));
        assertFalse(RULES.needsBody(RequestHead.of(post().within("no id"))));
        assertFalse(RULES.needsBody(RequestHead.of(post().within(ID).with(VERSION, "2025-06-18"))));
        assertFalse(RULES.needsBody(RequestHead.of(get())));
        assertFalse(RULES.needsBody(RequestHead.of(delete())));
        assertTrue(RULES.needsBody(RequestHead.of(post())));
        assertTrue(RULES.needsBody(RequestHead.of(post().within(ID).with(VERSION, "2026-07-28"))));
    }

    @Test
    void refuse_otherMethodsWithoutSessions_mustBePost() {
        for (var request : Stream.of(get(), get().within(ID), delete(), delete().within(ID)).toList()) {
            var stateless = request.with(VERSION, "2026-07-28").with(LAST_EVENT_ID, "mcps-5e1f-7");

            assertRefused(405, -32600, stateless);
            assertEquals("POST", RULES.refuse(RequestHead.of(stateless)).orElseThrow().headers().get("Allow"));
            assertRefused(403, -32600, stateless.replacing("Host", "evil.example"));
        }
    }

    private static void assertRefused(int status, int code, TestRequest request) {
        var reply = RULES.refuseEarly(request).or(() -> RULES.refuse(RequestHead.of(request)));
        assertEquals(Optional.of(status), reply.map(Decision.Reply::status), request::toString);
        assertEquals(code, Endpoint.code(reply.orElseThrow()), request::toString);
    }

    private static void assertWish(Intent expected, Intent actual) {
        if (expected instanceof Intent.Refused(var reply) && actual instanceof Intent.Refused(var answer)) {
            assertEquals(reply.status(), answer.status());
            assertEquals(Endpoint.body(reply), Endpoint.body(answer));
        } else {
            assertEquals(expected, actual);
        }
    }

    private static JsonRpcPeek peek(TestRequest request) {
        return request.body() == null ? JsonRpcPeek.NOTHING : JsonRpcPeek.of(request.body(), Limits.DEFAULT);
    }
}
