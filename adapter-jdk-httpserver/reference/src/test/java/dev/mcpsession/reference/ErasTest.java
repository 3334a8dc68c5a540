package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.dialog.RequestState;
import dev.mcpsession.json.Json;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The reference server with clients of 2026-07-28, and with clients of both eras side by side.
class ErasTest {

    private static final String ASK_FOR_THE_BOARD = "{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"board://text\"]}";

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Json.Obj result(String method, String params, String name) throws Exception {
        var response = server.stateless("token", method, params, name);
        assertEquals(200, response.statusCode(), response::body);
        assertTrue(response.headers().firstValue("Mcp-Session-Id").isEmpty());
        var result = ((Json.Obj) Json.parse(response.body())).object("result").orElseThrow();
        assertEquals(Optional.of("complete"), result.string("resultType"));
        var meta = result.object("_meta").orElseThrow();
        assertEquals(Optional.of("mcp-session-reference"), meta.object("io.modelcontextprotocol/serverInfo").orElseThrow().string("name"));
        return result;
    }

    private static Json.Obj call(String token, String tool, String arguments) throws Exception {
        var params = "\"name\":\"" + tool + "\",\"arguments\":" + arguments + ",";
        var response = server.stateless(token, "tools/call", params, tool);
        assertEquals(200, response.statusCode(), response::body);
        return ((Json.Obj) Json.parse(response.body())).object("result").orElseThrow();
    }

    private static String said(Json.Obj result) {
        return ((Json.Obj) ((Json.Arr) result.get("content").orElseThrow()).items().getFirst()).string("text").orElseThrow();
    }

    private static boolean isError(Json.Obj result) {
        return result.bool("isError").orElse(false);
    }

    @Test
    void discover_tellsRevisionsAndCapabilities() throws Exception {
        var result = result("server/discover", "", null);

        assertEquals(Json.parse("[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\",\"2024-11-05\"]"), result.get("supportedVersions").orElseThrow());
        assertEquals(Json.parse("{\"tools\":{\"listChanged\":true},\"resources\":{\"subscribe\":true}}"), result.get("capabilities").orElseThrow());
        assertTrue(result.members().keySet().containsAll(List.of("ttlMs", "cacheScope")));
    }

    @Test
    void lists_ofTools_areTheSameInBothErasButForWhatTheNewOneAdds() throws Exception {
        var session = server.initialize("2025-11-25");
        var legacy = (Json.Obj) Json.parse(server.post(session, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}").body());

        var result = result("tools/list", "", null);

        assertEquals(legacy.object("result").orElseThrow().get("tools"), result.get("tools"));
        assertEquals(Optional.of("private"), result.string("cacheScope"));
        assertEquals(Optional.of(new Json.Num("0")), result.get("ttlMs"));
        assertEquals(List.of("tools"), List.copyOf(legacy.object("result").orElseThrow().members().keySet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "unknown/method"})
    void request_forWhatThereIsNot_is404WithItsId(String method) throws Exception {
        var response = server.stateless("token", method, "", null);

        assertEquals(404, response.statusCode());
        assertEquals(Json.parse("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}"),
                Json.parse(response.body()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            tools/call     | `"name":"none",`             | none         | -32602
            resources/read | `"uri":"none",`              | none         | -32602
            tools/call     | `"name":"echo","arguments":5,` | echo       | -32602
            """)
    void request_withWrongParams_isAnError(String method, String params, String name, int code) throws Exception {
        var response = server.stateless("token", method, params, name);

        assertEquals(200, response.statusCode());
        assertEquals(Optional.of(Json.Num.of(code)), ((Json.Obj) Json.parse(response.body())).object("error").flatMap(e -> e.get("code")));
    }

    @Test
    void tools_thatNeedASession_sayThatThereIsNone() throws Exception {
        assertEquals("there is no session", said(call("token", "whoami", "{}")));
        assertEquals("hello", said(call("token", "echo", "{\"text\":\"hello\"}")));
    }

    @Test
    void notes_withAHandle_areKeptForTheirCallerAlone() throws Exception {
        var handle = said(call("ann", "open_notes", "{}"));
        assertTrue(handle.startsWith("notes_"));
        assertEquals("1 notes", said(call("ann", "note", "{\"handle\":\"" + handle + "\",\"text\":\"a\"}")));
        assertEquals("2 notes", said(call("ann", "note", "{\"handle\":\"" + handle + "\",\"text\":\"b\"}")));
        assertNotEquals(handle, said(call("ann", "open_notes", "{\"latest\":false}")));
        assertEquals("[\"a\",\"b\"]", said(call("ann", "read_notes", "{\"handle\":\"" + handle + "\"}")));
        assertEquals(handle, said(call("ann", "open_notes", "{\"latest\":true}")), "used last");

        for (var tool : Map.of("read_notes", "", "note", ",\"text\":\"c\"", "close_notes", "").entrySet()) {
            var stranger = call("bob", tool.getKey(), "{\"handle\":\"" + handle + "\"" + tool.getValue() + "}");
            assertTrue(isError(stranger));
            assertEquals("handle must be that of a notebook of yours", said(stranger));
        }

        assertEquals("closed", said(call("ann", "close_notes", "{\"handle\":\"" + handle + "\"}")));
        assertTrue(isError(call("ann", "read_notes", "{\"handle\":\"" + handle + "\"}")));
    }

    /// The state is for one use, by the caller that was asked, for the tool that asked.
    @Test
    void confirm_isAskedByItsResult_andConcludesOnce() throws Exception {
        var asked = call("ann", "confirm", "{\"text\":\"it\"}");
        assertEquals(Optional.of("input_required"), asked.string("resultType"));
        assertEquals(Optional.of("Please confirm: it"), asked.object("inputRequests").flatMap(all -> all.object("confirmation"))
                .flatMap(request -> request.object("params")).flatMap(params -> params.string("message")));
        var state = asked.string("requestState").orElseThrow();
        var altered = state.substring(0, state.length() - 10) + "AAAAAAAAAA";

        assertRefused("bob", "confirm", state);
        assertRefused("ann", "ask_model", state);
        assertRefused("ann", "confirm", altered);
        assertEquals("confirmed: it", said(((Json.Obj) Json.parse(again("ann", "confirm", state))).object("result").orElseThrow()));
        assertRefused("ann", "confirm", state);
    }

    private static void assertRefused(String token, String tool, String state) throws Exception {
        assertTrue(again(token, tool, state).contains("\"error\":{\"code\":-32602,\"message\":\"" + RequestState.REFUSAL + "\"}"),
                () -> token + " " + tool);
    }

    /// Repeats a call whose text is another one, with the user's answer.
    private static String again(String token, String tool, String state) throws Exception {
        return server.stateless(token, "tools/call", "\"name\":\"" + tool + "\",\"arguments\":{\"text\":\"another\"},"
                + "\"inputResponses\":{\"confirmation\":{\"action\":\"accept\",\"content\":{\"ok\":true}}},"
                + "\"requestState\":\"" + state + "\",", tool).body();
    }

    @Test
    void notebook_asASessionId_isNotFoundAndStays() throws Exception {
        var handle = said(call("ann", "open_notes", "{}"));
        var asSession = HttpRequest.newBuilder(server.uri("/mcp")).header("Mcp-Session-Id", handle).header("Authorization", "Bearer ann");
        var ping = HttpRequest.BodyPublishers.ofString("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");

        assertEquals(404, server.send(asSession.copy().header("Content-Type", "application/json").POST(ping)).statusCode());
        assertEquals(404, server.send(asSession.copy().header("Accept", "text/event-stream")).statusCode());
        assertEquals(404, server.send(asSession.copy().DELETE()).statusCode());

        assertEquals("[]", said(call("ann", "read_notes", "{\"handle\":\"" + handle + "\"}")));
    }

    @Test
    void notebooks_ofAnOwner_doNotCountAsSessions() throws Exception {
        try (var fresh = new RunningServer()) {
            fresh.stateless("ann", "tools/call", "\"name\":\"open_notes\",", "open_notes");

            assertEquals(0, fresh.backend().store().heldCount());
            assertEquals(Optional.of(Json.Num.of(0)), fresh.status().get("sessions"));
        }
    }

    @Test
    void board_written_isToldToBothErasAndNobodyElse() throws Exception {
        try (var fresh = new RunningServer()) {
            var asked = fresh.initialize("2025-06-18");
            var reader = fresh.stream(asked);
            reader.next();
            var other = fresh.stream(fresh.initialize("2025-06-18"));
            other.next();
            var listen = fresh.listen("\"l\"", ASK_FOR_THE_BOARD);
            assertTrue(listen.next().contains("\"notifications\":" + ASK_FOR_THE_BOARD));
            var subscribe = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"board://text\"}}";
            assertEquals("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", fresh.post(asked, subscribe).body());

            fresh.callTool(asked, "write_board", "{\"text\":\"hello\"}");
            fresh.callTool(asked, "add_tool", "{\"name\":\"one_more\"}");

            assertTrue(reader.next().endsWith("\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\"board://text\"}}\n\n"));
            assertTrue(reader.next().contains("notifications/tools/list_changed"));
            assertTrue(other.next().contains("notifications/tools/list_changed"));
            assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"_meta\":"
                    + "{\"io.modelcontextprotocol/subscriptionId\":\"l\"},\"uri\":\"board://text\"}}\n\n", listen.next());
            assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{\"_meta\":"
                    + "{\"io.modelcontextprotocol/subscriptionId\":\"l\"}}}\n\n", listen.next());
            var late = fresh.listen("7", ASK_FOR_THE_BOARD);
            late.next();
            assertTrue(late.next().contains("board://text"), "what was published a moment ago is told to whoever comes now");
            assertTrue(late.next().contains("list_changed"));
        }
    }

    @Test
    void listen_forMoreThanThereIs_isGrantedWhatThereIs() throws Exception {
        var listen = server.listen("1", "{\"promptsListChanged\":true,\"resourcesListChanged\":true,\"toolsListChanged\":true,"
                + "\"resourceSubscriptions\":[\"nope://x\",\"board://text\"],\"taskIds\":[\"17\"]}");

        var acknowledged = listen.next();
        var message = (Json.Obj) Json.parse(acknowledged.substring(acknowledged.indexOf('{')).strip());
        assertEquals(Optional.of(Json.parse(ASK_FOR_THE_BOARD)),
                message.object("params").flatMap(params -> params.get("notifications")));
    }

    @Test
    void board_read_tellsItsText() throws Exception {
        call("ann", "write_board", "{\"text\":\"on the board\"}");

        assertEquals(Json.parse("[{\"uri\":\"board://text\",\"mimeType\":\"text/plain\",\"text\":\"on the board\"}]"),
                result("resources/read", "\"uri\":\"board://text\",", "board://text").get("contents").orElseThrow());
        assertTrue(isError(call("ann", "write_board", "{\"text\":\"" + "x".repeat(10_001) + "\"}")));
    }
}
