package dev.mcpsession.httpserver;

import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.json.Json;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/// What the bridge answers to messages that are not as they should be. A stack trace is logged with -32603 and with 500 alone.
@Timeout(120)
class SdkBridgeTest {

    private static final ClientRequests REQUESTS = ClientRequests.builder(new StripedBroadcaster()).build();

    private static Endpoint endpoint;
    private static String session;

    @BeforeAll
    static void start() throws IOException {
        var bridge = new SdkBridge(REQUESTS);
        endpoint = new Endpoint(bridge);
        var capabilities = McpSchema.ServerCapabilities.builder().tools(true).resources(true, true).prompts(true).completions().build();
        McpServer.sync(bridge).serverInfo("sdk", "1").capabilities(capabilities)
                .toolCall(tool("hello"), (_, _) -> McpSchema.CallToolResult.builder().addTextContent("hello").build())
                .toolCall(tool("fail"), (_, _) -> { throw new IllegalStateException("a secret"); })
                .build();
        session = endpoint.initialize();
    }

    private static McpSchema.Tool tool(String name) {
        return McpSchema.Tool.builder(name, Map.of("type", "object")).description(name).build();
    }

    @AfterAll
    static void stop() {
        endpoint.close();
    }

    private static RawHttp.Response post(Endpoint to, String id, String body) throws IOException {
        return to.exchange("POST", "/mcp", body, Endpoint.JSON, idHeader(id));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            `{"jsonrpc":"2.0","id":"a","method":"ping"}`                                        | 200 | -      | "a"
            `{"jsonrpc":"2.0","id":12345678901234567890123,"method":"ping"}`                    | 200 | -      | 12345678901234567890123
            `{"jsonrpc":"2.0","id":1.50,"method":"ping"}`                                       | 200 | -      | 1.50
            `{"jsonrpc":"2.0","id":"\\u0000\\"","method":"ping","params":{}}`                   | 200 | -      | "\\u0000\\""
            `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`                                    | 200 | -      | 2
            `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"hello"}}`          | 200 | -      | 2
            `{`                                                                                 | 400 | -32700 | null
            ``                                                                                  | 400 | -32700 | null
            `{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}`                                   | 400 | -32700 | null
            `{"jsonrpc":"2.0","id":1,"method":"ping"} {}`                                       | 400 | -32700 | null
            `[{"jsonrpc":"2.0","id":1,"method":"ping"}]`                                        | 400 | -32600 | null
            `[]`                                                                                | 400 | -32600 | null
            `5`                                                                                 | 400 | -32600 | null
            `null`                                                                              | 400 | -32600 | null
            `{}`                                                                                | 400 | -32600 | null
            `{"id":1,"method":"ping"}`                                                          | 400 | -32600 | null
            `{"jsonrpc":"1.0","id":1,"method":"ping"}`                                          | 400 | -32600 | null
            `{"jsonrpc":2.0,"id":1,"method":"ping"}`                                            | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":null,"method":"ping"}`                                       | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":true,"method":"ping"}`                                       | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":{},"method":"ping"}`                                         | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":1}`                                                          | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":1,"method":5}`                                               | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":1,"method":null,"result":{}}`                                | 400 | -32600 | null
            `{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}`                              | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"ping","params":null}`                            | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"nothing/of/the/kind"}`                           | 200 | -32601 | 1
            `{"jsonrpc":"2.0","id":1,"method":""}`                                              | 200 | -32601 | 1
            `{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}`                     | 200 | -32601 | 1
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none"}}`           | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hello","arguments":[]}}` | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":[]}}`            | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":{}}}`              | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":5}}`        | 200 | -32602 | 1
            `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":5,"clientInfo":[]}}` | 200 | -32602 | 1
            """)
    void request_ofAnyKind_isAnsweredInOneForm(String message, int status, Integer code, String id) throws Exception {
        var response = post(endpoint, session, message);

        assertEquals(status, response.status(), response::body);
        assertEquals(Optional.of("application/json"), response.header("Content-Type"));
        var answer = (Json.Obj) Json.parse(response.body());
        assertEquals(List.of("jsonrpc", "id", code == null ? "result" : "error"), List.copyOf(answer.members().keySet()));
        assertEquals(id, answer.get("id").orElseThrow().toString());
        assertEquals(Optional.ofNullable(code).map(Object::toString), answer.object("error").flatMap(e -> e.get("code")).map(Json::toString));
        assertFalse(response.body().contains("jackson"), response::body);
    }

    @Test
    void request_withAnythingThatTheSdkCannotRead_isInvalidParams() throws Exception {
        var call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"hello\",\"arguments\":{%s}}}";

        for (var arguments : List.of("\"" + "x".repeat(60_000) + "\":1", "\"x\":1" + "0".repeat(2_000))) {
            var response = post(endpoint, session, call.formatted(arguments));

            assertEquals(200, response.status());
            assertEquals("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32602,\"message\":\"params must be those of the method\"}}", response.body());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `{"jsonrpc":"2.0","method":"notifications/initialized"}`
            `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`
            `{"jsonrpc":"2.0","method":"notifications/of/no/kind","params":[5]}`
            `{"jsonrpc":"2.0","id":1,"result":{}}`
            `{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}`
            `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}`
            """)
    void message_thatWantsNoAnswer_is202(String message) throws Exception {
        var response = post(endpoint, session, message);

        assertEquals(202, response.status());
        assertEquals("", response.body());
    }

    @Test
    void body_tooLarge_is413() throws Exception {
        var ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

        assertEquals(200, post(endpoint, session, ping + " ".repeat((4 << 20) - ping.length())).status());
        var response = post(endpoint, session, ping + " ".repeat((4 << 20) - ping.length() + 1));

        assertEquals(413, response.status());
        assertEquals("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"body must be at most 4194304 bytes\"}}", response.body());
    }

    @Test
    void tool_thatFails_isAnInternalErrorWithoutItsMessage() throws Exception {
        var response = post(endpoint, session, "{\"jsonrpc\":\"2.0\",\"id\":\"f\",\"method\":\"tools/call\",\"params\":{\"name\":\"fail\"}}");

        assertEquals(200, response.status());
        assertEquals("{\"jsonrpc\":\"2.0\",\"id\":\"f\",\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}", response.body());
    }

    private enum Failing implements McpStatelessServerHandler {
        AT_ONCE(() -> { throw new IllegalStateException("a secret"); }),
        LATER(() -> Mono.error(new IllegalStateException("a secret"))),
        TOO_LATE(() -> Mono.error(new TimeoutException("a secret"))),
        WITHOUT_AN_ANSWER(Mono::empty),
        UNWRITABLE(() -> Mono.just(McpSchema.JSONRPCResponse.result(1, new Object() {
            @SuppressWarnings("unused") // read by the JSON mapper
            public String getSecret() {
                throw new IllegalStateException("a secret");
            }
        })));

        private final Supplier<Mono<McpSchema.JSONRPCResponse>> answer;

        Failing(Supplier<Mono<McpSchema.JSONRPCResponse>> answer) {
            this.answer = answer;
        }

        @Override
        public Mono<McpSchema.JSONRPCResponse> handleRequest(McpTransportContext context, McpSchema.JSONRPCRequest request) {
            return answer.get();
        }

        @Override
        public Mono<Void> handleNotification(McpTransportContext context, McpSchema.JSONRPCNotification notification) {
            return Mono.error(new IllegalStateException("a secret"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sdk_thatFails_isAnInternalErrorWithTheId(Failing failing) throws Exception {
        var bridge = new SdkBridge(REQUESTS);
        bridge.setMcpHandler(failing);
        try (var broken = new Endpoint(bridge)) {
            var id = broken.initialize();

            var response = post(broken, id, "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}");

            assertEquals(200, response.status());
            assertEquals("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}", response.body());
            assertEquals(202, post(broken, id, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").status());
        }
    }

    @ParameterizedTest
    @CsvSource({"server/discover, 404", "nothing/of/the/kind, 404", "tools/list, 200"})
    void request_of20260728_isAnsweredWithTheStatusOfItsRevision(String method, int status) throws Exception {
        var body = """
                {"jsonrpc":"2.0","id":"d","method":"%s","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",\
                "io.modelcontextprotocol/clientCapabilities":{}}}}""".formatted(method);

        var response = endpoint.exchange("POST", "/mcp", body, Endpoint.JSON, "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: " + method);

        assertEquals(status, response.status());
        assertEquals(Optional.of("d"), ((Json.Obj) Json.parse(response.body())).string("id"));
        if (status == 404) {
            assertEquals("{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}", response.body());
        }
    }
}
