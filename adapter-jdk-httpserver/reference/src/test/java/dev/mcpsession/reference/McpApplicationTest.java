package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.Messages;
import dev.mcpsession.json.Json;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McpApplicationTest {

    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"ping\"}";
    private static final String PONG = "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{}}";

    private static RunningServer server;
    private static String session;

    @BeforeAll
    static void start() throws Exception {
        server = new RunningServer();
        session = server.initialize("2025-11-25");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "2024-11-05, 2024-11-05", "2025-03-26, 2025-03-26", "2025-06-18, 2025-06-18", "2025-11-25, 2025-11-25",
        "2024-10-07, 2025-11-25", "2099-01-01, 2025-11-25",
    })
    void initialize_version_isAgreedOn(String asked, String agreed) throws Exception {
        var result = ((Json.Obj) Json.parse(server.post(session, Messages.initialize(asked)).body())).object("result");

        assertEquals(agreed, result.orElseThrow().string("protocolVersion").orElseThrow());
        assertEquals("{\"tools\":{\"listChanged\":true},\"resources\":{\"subscribe\":true}}", result.orElseThrow().object("capabilities").orElseThrow().toString());
        assertEquals("mcp-session-reference",
                result.orElseThrow().object("serverInfo").orElseThrow().string("name").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `{"jsonrpc":"2.0","method":"notifications/initialized"}`                         | 202 |
            `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`  | 202 |
            `{"jsonrpc":"2.0","id":1,"result":{}}`                                           | 202 |
            `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}`                      | 202 |
            `{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}`                   | 202 |
            `{"jsonrpc":"2.0","id":"a","method":"ping"}`                                     | 200 |
            `{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping","params":{}}`        | 200 |
            `{"jsonrpc":"2.0","id":1,"method":"prompts/list"}`                               | 200 | -32601
            `{"jsonrpc":"2.0","id":1,"method":"server/discover"}`                            | 200 | -32601
            `{"jsonrpc":"2.0","id":1,"method":"resources/list"}`                             | 200 |
            `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"board://text"}}` | 200 |
            `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"x"}}`        | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"board://text"}}`   | 200 |
            `{"jsonrpc":"2.0","id":1,"method":"resources/unsubscribe","params":{"uri":"board://text"}}` | 200 |
            `{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"x"}}`   | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"resources/unsubscribe","params":{"uri":"x"}}` | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"resources/subscribe"}`                        | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}`                  | 200 | -32601
            `{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}`                           | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"initialize"}`                                 | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"tools/call"}`                                 | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}`             | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none"}}`        | 200 | -32602
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":[]}}` | 200 | -32602
            `{`                                                                              | 400 | -32700
            ``                                                                               | 400 | -32700
            `5`                                                                              | 400 | -32600
            `{}`                                                                             | 400 | -32600
            `{"jsonrpc":"1.0","id":1,"method":"ping"}`                                       | 400 | -32600
            `{"jsonrpc":"2.0","id":null,"method":"ping"}`                                    | 400 | -32600
            `{"jsonrpc":"2.0","id":{},"method":"ping"}`                                      | 400 | -32600
            `{"jsonrpc":"2.0","id":1,"method":5}`                                            | 400 | -32600
            `{"jsonrpc":"2.0","id":1}`                                                       | 400 | -32600
            `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`                                     | 400 | -32600
            """)
    void message_ofAnyKind_isAnswered(String message, int status, Integer code) throws Exception {
        var response = server.post(session, message == null ? "" : message);

        assertEquals(status, response.statusCode());
        if (status == 202) {
            assertEquals("", response.body());
            return;
        }
        assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
        var answer = (Json.Obj) Json.parse(response.body());
        assertEquals(code == null ? "none" : code.toString(),
                answer.object("error").flatMap(error -> error.get("code")).map(Json::toString).orElse("none"));
        if (status == 200) assertEquals(((Json.Obj) Json.parse(message)).get("id"), answer.get("id"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `{`                                           | null
            `5`                                           | null
            `{}`                                          | null
            `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`  | null
            `{"jsonrpc":"2.0","id":null,"method":"ping"}` | null
            `{"jsonrpc":"2.0","id":{},"method":"ping"}`   | null
            `{"id":[],"method":"ping"}`                   | null
            `{"id":1,"method":"ping"}`                    | 1
            `{"jsonrpc":"1.0","id":"a","method":"ping"}`  | "a"
            `{"jsonrpc":"2.0","id":1,"method":5}`         | 1
            `{"jsonrpc":"2.0","id":1}`                    | 1
            """)
    void message_thatIsInvalid_isAnsweredWithItsId(String message, String id) throws Exception {
        var answer = (Json.Obj) Json.parse(server.post(session, message).body());

        assertEquals(id, answer.get("id").orElseThrow().toString());
    }

    @Test
    void batch_ofTheRevisionThatHasThem_isAnswered() throws Exception {
        var old = server.initialize("2025-03-26");
        var notification = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

        assertEquals("[" + PONG + "," + PONG + "]", server.post(old, "[" + PING + "," + notification + "," + PING + "]").body());
        assertEquals(202, server.post(old, "[" + notification + "]").statusCode());
        var response = "{\"jsonrpc\":\"2.0\",\"id\":\"ask-AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA\",\"result\":{}}";
        assertEquals(202, server.post(old, "[" + response + "," + notification + "," + response + "]").statusCode());
        assertTrue(server.post(old, "[" + Messages.callTool("confirm", "{\"text\":\"it\"}") + "]").body().contains("within a batch"));
        assertEquals("[{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"message must be an object\"}}]",
                server.post(old, "[5]").body());
        assertEquals(400, server.post(old, "[]").statusCode());
        assertEquals(400, server.post(old, "[" + Messages.initialize("2025-03-26") + "]").statusCode());
        assertEquals(400, server.post(old, "[" + (PING + ",").repeat(100) + PING + "]").statusCode());
    }

    @Test
    void body_tooLarge_is413() throws Exception {
        assertEquals(200, server.post(session, PING + " ".repeat((1 << 20) - PING.length())).statusCode());
        assertEquals(413, server.post(session, PING + " ".repeat((1 << 20) - PING.length() + 1)).statusCode());
    }

    @Test
    void get_afterAnEventOfAnotherServer_opensTheStream() throws Exception {
        var asked = HttpRequest.newBuilder(server.uri("/mcp")).header("Mcp-Session-Id", server.initialize("2025-11-25"))
                .header("Accept", "text/event-stream").header("Last-Event-ID", "not ours");

        assertEquals(": connected\n\n", server.stream(asked).next());
    }

    @Test
    void whoami_concurrently_losesNoCount() throws Exception {
        var counted = server.initialize("2025-11-25");
        var calls = IntStream.range(0, 200).<Callable<Long>>mapToObj(_ -> () -> calls(counted)).toList();

        var counts = new ArrayList<Long>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var count : threads.invokeAll(calls)) counts.add(count.get());
        }

        assertEquals(LongStream.rangeClosed(1, 200).boxed().toList(), counts.stream().sorted().toList());
        assertEquals(201, calls(counted));
    }

    private static long calls(String session) throws Exception {
        var told = (Json.Obj) Json.parse(text(server.callTool(session, "whoami", "{}")));
        return ((Json.Num) told.get("calls").orElseThrow()).asLong().orElseThrow();
    }

    private static String text(Json.Obj result) {
        return ((Json.Obj) ((Json.Arr) result.get("content").orElseThrow()).items().getFirst()).string("text").orElseThrow();
    }

    @Test
    void whoami_firstCall_tellsTheSession() throws Exception {
        var told = text(server.callTool(server.initialize("2025-06-18"), "whoami", "{}"));

        assertTrue(told.matches("\\{\"owner\":\"anonymous\",\"client\":\"test\",\"protocolVersion\":\"2025-06-18\","
                + "\"ageSeconds\":[0-9],\"calls\":1}"), told);
    }

    @Test
    void whoami_withAToken_knowsItsOwner() throws Exception {
        var authorized = HttpRequest.newBuilder(server.uri("/mcp"))
                .header("Content-Type", "application/json").header("Authorization", "Bearer token");
        var minted = server.send(authorized.copy()
                .POST(HttpRequest.BodyPublishers.ofString(Messages.initialize("2025-11-25"))));
        var id = minted.headers().firstValue("Mcp-Session-Id").orElseThrow();
        var call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"whoami\"}}";

        var told = server.send(authorized.copy().header("Mcp-Session-Id", id).POST(HttpRequest.BodyPublishers.ofString(call)));

        assertTrue(told.body().contains("\\\"owner\\\":\\\"known\\\""), told.body());
        assertEquals(404, server.post(id, call).statusCode(), "nobody else can use it");
    }

    @Test
    void remember_inOneSession_isNotSeenInAnother() throws Exception {
        var other = server.initialize("2025-11-25");

        server.callTool(session, "remember", "{\"key\":\"k\",\"value\":\"mine\"}");
        server.callTool(other, "remember", "{\"key\":\"k\",\"value\":\"theirs\"}");
        server.callTool(session, "remember", "{\"key\":\"l\",\"value\":\"more\"}");

        assertEquals("mine", text(server.callTool(session, "recall", "{\"key\":\"k\"}")));
        assertEquals("theirs", text(server.callTool(other, "recall", "{\"key\":\"k\"}")));
        assertEquals("true", server.callTool(other, "recall", "{\"key\":\"l\"}").get("isError").orElseThrow().toString());
    }

    @Test
    void remember_tooMuch_isAToolErrorAndChangesNothing() throws Exception {
        var full = server.initialize("2025-11-25");
        server.callTool(full, "remember", "{\"key\":\"k\",\"value\":\"small\"}");

        var result = server.callTool(full, "remember", "{\"key\":\"k\",\"value\":\"" + "x".repeat(70_000) + "\"}");

        assertEquals("true", result.get("isError").orElseThrow().toString());
        assertTrue(text(result).startsWith("session state must be at most 65536 bytes"), text(result));
        assertEquals("small", text(server.callTool(full, "recall", "{\"key\":\"k\"}")));
    }

    @Test
    void subscribe_withASessionThatIsFull_isAnErrorOfTheClients() throws Exception {
        var full = server.initialize("2025-11-25");
        server.callTool(full, "remember", "{\"key\":\"k\",\"value\":\"" + "x".repeat(65_500) + "\"}");

        var answer = server.post(full, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"board://text\"}}").body();

        assertTrue(answer.startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"session state must be at most"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            echo     | `{}`
            echo     | `{"text":5}`
            remember | `{"key":"k"}`
            recall   | `{}`
            add_tool | `{}`
            add_tool | `{"name":""}`
            add_tool | `{"name":"with space"}`
            add_tool | `{"name":"echo"}`
            add_tool | `{"name":"fine","description":5}`
            write_board | `{}`
            note     | `{"handle":"notes_x","text":"t"}`
            note     | `{"text":"t"}`
            read_notes | `{"handle":""}`
            close_notes | `{"handle":"notes_x"}`
            """)
    void tool_wrongArguments_isAToolError(String tool, String arguments) throws Exception {
        assertEquals("true", server.callTool(session, tool, arguments).get("isError").orElseThrow().toString());
    }

    @Test
    void addTool_tooMany_isAToolError() throws Exception {
        try (var fresh = new RunningServer()) {
            var adding = fresh.initialize("2025-11-25");
            var results = new ArrayList<String>();
            for (var i = 0; i < Toolbox.MAX_TOOLS; i++) {
                results.add(fresh.callTool(adding, "add_tool", "{\"name\":\"tool" + i + "\"}").get("isError").orElseThrow().toString());
            }

            assertEquals(13, results.stream().filter("true"::equals).count(), "as many as were there before");
            assertEquals("tool0", text(fresh.callTool(adding, "tool0", "{}")));
        }
    }
}
