package dev.mcpsession.http;

import static dev.mcpsession.http.TestRequest.META;
import static dev.mcpsession.http.TestRequest.post;
import static dev.mcpsession.http.TestRequest.statelessBody;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The decisions on POSTs of 2026-07-28.
class StatelessRulesTest {

    private static final String META_OF_2025 = META.replace("2026-07-28", "2025-11-25");
    private static final String META_OF_2099 = META.replace("2026-07-28", "2099-01-01");
    private static final String META_WITHOUT_VERSION = "\"_meta\":{\"io.modelcontextprotocol/clientCapabilities\":{}}";
    private static final String META_WITHOUT_CAPABILITIES = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}";

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    /// `V` is the version header with 2026-07-28, `M` the method header with the body's method, `N` the name header with `n`. The body
    /// has a method and the given params; `META` is all that `_meta` must have.
    @ParameterizedTest(name = "{0}; {1} {2} is {3} {4}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            V; M                                         | tools/list     | META                            | pass |
            M; V                                         | server/discover| META                            | pass |
            V; M                                         | tools/list     | `"name":"x",META`               | pass |
            V; M; N                                      | tools/list     | META                            | pass |
            V; M; N                                      | tools/call     | `"name":"n",META`               | pass |
            V; M; N                                      | prompts/get    | `"name":"n",META`               | pass |
            V; M; N                                      | resources/read | `"uri":"n",META`                | pass |
            V; V; M; M; N; N                             | tools/call     | `"name":"n",META`               | pass |
            V; M; Mcp-Name: n, n                         | tools/call     | `"name":"n",META`               | pass |
            V; M; Mcp-Name: n, n                         | tools/call     | `"name":"n, n",META`            | pass |
            V; M; Mcp-Name: a, b                         | tools/call     | `"name":"a, b",META`            | pass |
            V; M; Mcp-Method: tools/list, tools/list     | tools/list     | META                            | pass |
            MCP-Protocol-Version: 2026-07-28, 2026-07-28; M | tools/list  | META                            | pass |
            V; M; Mcp-Name: =?base64?w6Q=?=              | tools/call     | `"name":"ä",META`               | pass |
            V; M; Mcp-Name: =?base64?bg==?=              | resources/read | `"uri":"n","name":"x",META`     | pass |
            V; M; mcp-name:   n                          | tools/call     | `"name":"n",META`               | pass |
            V; M                                         | tools/call     | META                            | pass |
            V; M; Accept: application/json               | tools/list     | META                            | pass |
            M                                            | tools/list     | META                            | 400  | -32020
            MCP-Protocol-Version: 2025-11-25; M          | tools/list     | META                            | 400  | -32020
            V; M                                         | tools/list     | META_OF_2025                    | 400  | -32020
            V; M                                         | tools/list     | META_OF_2099                    | 400  | -32020
            V                                            | tools/list     | META                            | 400  | -32020
            V; Mcp-Method: prompts/list                  | tools/list     | META                            | 400  | -32020
            V; Mcp-Method: TOOLS/LIST                    | tools/list     | META                            | 400  | -32020
            V; Mcp-Method:                               | tools/list     | META                            | 400  | -32020
            V; M; Mcp-Method: tools/call                 | tools/list     | META                            | 400  | -32020
            Mcp-Method: tools/list\u001f; V              | tools/list     | META                            | 400  | -32020
            V; M                                         | tools list     | META                            | 400  | -32020
            V; Mcp-Method: tools/lis\u00e9               | tools/lis\u00e9 | META                            | 400  | -32020
            V; Mcp-Method: =?base64?dG9vbHMvbGlzdA==?=   | tools/list     | META                            | 400  | -32020
            V; M                                         | tools/call     | `"name":"n",META`               | 400  | -32020
            V; M; Mcp-Name: m                            | tools/call     | `"name":"n",META`               | 400  | -32020
            V; M; Mcp-Name: N                            | tools/call     | `"name":"n",META`               | 400  | -32020
            V; M; N; Mcp-Name: m                         | tools/call     | `"name":"n",META`               | 400  | -32020
            V; M; N; Mcp-Name: m                         | tools/call     | `"name":"n, m",META`            | 400  | -32020
            V; M; Mcp-Name: n, m                         | tools/call     | `"name":"n",META`               | 400  | -32020
            V; Mcp-Name: n\u001f; M                      | tools/call     | `"name":"n",META`               | 400  | -32020
            V; M; N                                      | tools/call     | META                            | 400  | -32020
            V; M; N                                      | tools/call     | `"name":5,META`                 | 400  | -32020
            V; M; N                                      | tools/call     | `"uri":"n",META`                | 400  | -32020
            V; M; N                                      | resources/read | `"name":"n",META`               | 400  | -32020
            V; M                                         | resources/read | `"uri":"n",META`                | 400  | -32020
            V; M                                         | prompts/get    | `"name":"n",META`               | 400  | -32020
            V; M; Mcp-Name: ä                            | tools/call     | `"name":"ä",META`               | 400  | -32020
            V; M; Mcp-Name: =?base64?!?=                 | tools/call     | `"name":"n",META`               | 400  | -32020
            V; M                                         | tools/list     | META_WITHOUT_VERSION            | 400  | -32602
            V                                            | tools/list     | META_WITHOUT_VERSION            | 400  | -32602
            V; M                                         | tools/list     | META_WITHOUT_CAPABILITIES       | 400  | -32602
            V; M                                         | tools/list     | ``                              | 400  | -32602
            V; M                                         | initialize     | `"protocolVersion":"2025-11-25"`| 400  | -32602
            MCP-Protocol-Version: 2099-01-01; M          | tools/list     | META                            | 400  | -32022
            MCP-Protocol-Version: 2099-01-01; M          | tools/list     | META_OF_2099                    | 400  | -32022
            M                                            | tools/list     | META_OF_2099                    | 400  | -32022
            V; MCP-Protocol-Version: 2025-11-25; M       | tools/list     | META                            | 400  | -32022
            MCP-Protocol-Version: 2026-07-28, 2025-11-25; M | tools/list  | META                            | 400  | -32022
            V; M; Content-Type: text/plain               | tools/list     | META                            | 415  | -32600
            V; M; Host: evil.example                     | tools/list     | META                            | 403  | -32600
            """)
    void decide_oneRequest_isAsTheTableSays(String headers, String method, String params, String outcome, Integer code) {
        var request = post(spelledOut(method, params));
        for (var header : headers.split("; ")) request = with(request, header, method);

        switch (endpoint.decide(request)) {
            case Decision.Forward forward -> {
                assertEquals("pass", outcome);
                assertPassed(forward);
            }
            case Decision.Reply reply -> {
                assertEquals(outcome, Integer.toString(reply.status()), () -> Endpoint.body(reply).toString());
                assertEquals((long) code, Endpoint.code(reply));
                if (reply.status() == 400) assertEquals(Optional.of(Json.Num.of(1)), Endpoint.body(reply).get("id"));
            }
            case Decision.Stream stream -> throw new AssertionError(stream.toString());
        }
        assertEquals(0, endpoint.store.heldCount());
    }

    private static String spelledOut(String method, String params) {
        var spelled = Optional.ofNullable(params).orElse("")
                .replaceAll("META$", "\u0000").replace("META_OF_2025", META_OF_2025).replace("META_OF_2099", META_OF_2099)
                .replace("META_WITHOUT_VERSION", META_WITHOUT_VERSION).replace("META_WITHOUT_CAPABILITIES", META_WITHOUT_CAPABILITIES)
                .replace("\u0000", META);
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + spelled + "}}";
    }

    private static TestRequest with(TestRequest request, String header, String method) {
        return switch (header) {
            case "V" -> request.with(McpHeaders.PROTOCOL_VERSION, "2026-07-28");
            case "M" -> request.with(McpHeaders.METHOD, method);
            case "N" -> request.with(McpHeaders.NAME, "n");
            default -> {
                var parts = header.split(":", 2);
                var isOurs = parts[0].equals("Host") || parts[0].equals("Content-Type") || parts[0].equals("Accept");
                yield (isOurs ? request.without(parts[0]) : request).with(parts[0], parts[1].substring(Math.min(1, parts[1].length())));
            }
        };
    }

    private void assertPassed(Decision.Forward forward) {
        assertTrue(forward.session().isEmpty());
        assertTrue(forward.body().isPresent());
        assertEquals(Map.of("Vary", "Origin"), forward.headers());
        forward.completed(200);
        endpoint.assertNothingUnderWay();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "5", "null", "{}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"tools/list\"}", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"tools/list\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}"})
    void decide_noSingleMessage_isInvalid(String body) {
        for (var sent : new String[] {body, "[" + statelessBody("tools/list", "") + "]"}) {
            var reply = endpoint.reply(post(sent).with(McpHeaders.PROTOCOL_VERSION, "2026-07-28").with(McpHeaders.METHOD, "tools/list"));

            assertEquals(400, reply.status());
            assertEquals(-32600, Endpoint.code(reply));
        }
    }

    @Test
    void decide_notification_needsNoHeadersButMustNotContradictThem() {
        var notification = post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}")
                .with(McpHeaders.PROTOCOL_VERSION, "2026-07-28");

        assertPassed(endpoint.forward(notification));
        assertPassed(endpoint.forward(notification.with(McpHeaders.METHOD, "notifications/cancelled")));
        assertEquals(-32020, Endpoint.code(endpoint.reply(notification.with(McpHeaders.METHOD, "tools/list"))));
    }

    @Test
    void decide_withASessionsId_neitherReadsNorEchoesIt() {
        var id = endpoint.used(Endpoint.ALICE);
        var request = TestRequest.stateless("tools/list", "");

        for (var session : new String[] {id.value(), SessionId.random().value(), "no id", ""}) {
            assertPassed(endpoint.forward(request.within(session).with(McpHeaders.LAST_EVENT_ID, "mcps-5e1f-7")));
            assertPassed(endpoint.forward(request.within(session).by(Endpoint.BOB)));
        }
    }

    @Test
    void decide_mismatch_tellsNoMoreThanItMust() {
        var reply = endpoint.reply(TestRequest.stateless("tools/call", "\"name\":\"n\",").with(McpHeaders.NAME, "x".repeat(10_000)));

        assertEquals("Header mismatch: Mcp-Name header must say what the body says: " + "x".repeat(64),
                Endpoint.error(reply).string("message").orElseThrow());
    }
}
