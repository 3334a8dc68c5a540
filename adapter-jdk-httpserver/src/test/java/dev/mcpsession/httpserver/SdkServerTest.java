package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The official SDK's stateless server behind a session handler, called by the official client.
@Timeout(120)
class SdkServerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CLIENTS = 8; // of two owners
    private static final int CALLS = 25;
    private static final McpSchema.ServerCapabilities CAPABILITIES = McpSchema.ServerCapabilities.builder().tools(true).build();
    private static final McpSchema.Tool TOOL =
            McpSchema.Tool.builder("count", Map.of("type", "object")).description("Counts its calls in the session.").build();
    private static final McpSchema.Tool ASKING =
            McpSchema.Tool.builder("ask", Map.of("type", "object")).description("Asks the user.").build();

    private final Set<Thread> handling = ConcurrentHashMap.newKeySet();
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    /// The two kinds of servers that the SDK has.
    private enum Kind { SYNCHRONOUS, ASYNCHRONOUS }

    private Endpoint endpoint(Kind kind) throws IOException {
        var handler = new AtomicReference<SdkBridge>();
        var endpoint = new Endpoint(new InMemorySessionStore(SessionPolicy.DEFAULT), exchange -> {
            handling.add(Thread.currentThread());
            handler.get().handle(exchange);
        }, SdkServerTest::rules, http -> http);
        var requests = ClientRequests.builder(endpoint.broadcaster).build();
        var bridge = new SdkBridge(requests);
        handler.set(bridge);
        switch (kind) {
            case SYNCHRONOUS -> McpServer.sync(bridge).serverInfo("sdk", "1").capabilities(CAPABILITIES)
                    .toolCall(TOOL, (context, _) -> count(endpoint, context))
                    .toolCall(ASKING, (context, _) -> ask(requests, context)).build();
            case ASYNCHRONOUS -> McpServer.async(bridge).serverInfo("sdk", "1").capabilities(CAPABILITIES)
                    .toolCall(TOOL, (context, _) -> Mono.fromCallable(() -> count(endpoint, context)).subscribeOn(Schedulers.parallel()))
                    .toolCall(ASKING, (context, _) -> Mono.fromCallable(() -> ask(requests, context))
                            .subscribeOn(Schedulers.boundedElastic()))
                    .build();
        }
        return endpoint;
    }

    /// As the README has it.
    private static SessionHandler.Builder rules(SessionHandler.Builder builder) {
        return builder.applicationStreams(false)
                .revisions(ProtocolVersion.V2025_11_25, ProtocolVersion.V2025_06_18, ProtocolVersion.V2025_03_26);
    }

    /// The tool: counts in its caller's session, and says whose that is.
    private McpSchema.CallToolResult count(Endpoint endpoint, McpTransportContext context) {
        running.add(Thread.currentThread());
        var session = (Session) context.get(SdkBridge.SESSION);
        endpoint.store.updateState(session.id(), state -> state.with("calls", calls(state) + 1));
        return McpSchema.CallToolResult.builder().addTextContent(session.client().name() + " of " + session.owner().value()).build();
    }

    /// The tool: tells how far it is, and asks the user.
    private static McpSchema.CallToolResult ask(ClientRequests requests, McpTransportContext context) {
        var answer = (AnswerStream) context.get(SdkBridge.ANSWER);
        answer.notification("notifications/message", Json.obj().with("level", "info").with("data", "asking"));
        try {
            var outcome = requests.ask(answer, "elicitation/create", Json.obj().with("message", "Your name?")
                    .with("requestedSchema", Json.obj().with("type", "object").with("properties", Json.obj())), PATIENCE);
            return McpSchema.CallToolResult.builder().addTextContent(outcome.toString()).build();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long calls(Json.Obj state) {
        return state.get("calls").map(value -> ((Json.Num) value).asLong().orElseThrow()).orElse(0L);
    }

    private static McpSyncClient client(Endpoint endpoint, String name, String token, LinkedBlockingQueue<List<McpSchema.Tool>> changes) {
        var transport = HttpClientStreamableHttpTransport.builder(endpoint.server.uri("/").toString())
                .addHttpRequestCustomizer((request, _, _, _, _) -> request.header("Authorization", "Bearer " + token)).build();
        var client = McpClient.sync(transport).requestTimeout(PATIENCE).clientInfo(McpSchema.Implementation.builder(name, "1").build())
                .toolsChangeConsumer(changes::add).build();
        client.initialize();
        return client;
    }

    private static String owner(String token) {
        return Owner.token(token).value();
    }

    private static String call(McpSyncClient client) {
        var result = client.callTool(McpSchema.CallToolRequest.builder("count").arguments(Map.of()).build());
        assertFalse(Boolean.TRUE.equals(result.isError()), result::toString);
        return ((McpSchema.TextContent) result.content().getFirst()).text();
    }

    @ParameterizedTest
    @EnumSource
    void tool_onAnotherThread_hasItsCallersSessionAndWritesItsState(Kind kind) throws Exception {
        try (var endpoint = endpoint(kind); var threads = Executors.newFixedThreadPool(CLIENTS)) {
            var work = new ArrayList<Future<?>>();
            for (var n = 0; n < CLIENTS; n++) {
                var name = "client" + n;
                var token = n % 2 == 0 ? "ann" : "bob";
                work.add(threads.submit(() -> {
                    try (var client = client(endpoint, name, token, new LinkedBlockingQueue<>())) {
                        assertEquals("sdk", client.getServerInfo().name());
                        for (var calls = 0; calls < CALLS; calls++) assertEquals(name + " of " + owner(token), call(client));
                        var own = endpoint.store.list().stream().filter(session -> session.client().name().equals(name)).toList();
                        assertEquals(1, own.size());
                        assertEquals(CALLS, calls(own.getFirst().state()));
                        assertEquals(Owner.token(token), own.getFirst().owner());
                    }
                    return null;
                }));
            }
            for (var one : work) one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

            assertTrue(running.stream().noneMatch(handling::contains), "the tool ran on threads of the SDK");
        }
    }

    @Test
    void published_event_reachesTheClientsOfTheSdksServer() throws Exception {
        try (var endpoint = endpoint(Kind.SYNCHRONOUS)) {
            var changes = new LinkedBlockingQueue<List<McpSchema.Tool>>();
            try (var client = client(endpoint, "client", "ann", changes)) {
                await("stream", () -> endpoint.broadcaster.subscriberCount() == 1);

                endpoint.broadcaster.publish(Event.of("notifications/tools/list_changed"));

                var tools = changes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertNotEquals(null, tools, "the client was told");
                assertEquals(List.of("count", "ask"), tools.stream().map(McpSchema.Tool::name).toList());
                assertEquals("client of " + owner("ann"), call(client));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tool_thatAsks_getsTheUsersAnswer(Kind kind) throws Exception {
        try (var endpoint = endpoint(kind)) {
            var logged = new LinkedBlockingQueue<String>();
            var transport = HttpClientStreamableHttpTransport.builder(endpoint.server.uri("/").toString()).build();
            try (var client = McpClient.sync(transport).requestTimeout(PATIENCE)
                    .capabilities(McpSchema.ClientCapabilities.builder().elicitation().build())
                    .loggingConsumer(message -> logged.add(message.data()))
                    .elicitation(request -> McpSchema.ElicitResult.builder(McpSchema.ElicitResult.Action.ACCEPT)
                            .content(Map.of("answer", "to " + request.message())).build())
                    .build()) {
                client.initialize();

                var result = client.callTool(McpSchema.CallToolRequest.builder("ask").arguments(Map.of()).build());

                assertTrue(result.content().getFirst().toString().contains("\"answer\":\"to Your name?\""), result::toString);
                assertEquals("asking", logged.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void session_ofAnotherOwner_isNotFound(Kind kind) throws Exception {
        try (var endpoint = endpoint(kind)) {
            var body = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"count\",\"arguments\":{}}}";
            var session = endpoint.initialize("Authorization: Bearer ann");

            assertEquals(404, endpoint.exchange("POST", "/mcp", body, Endpoint.JSON, Endpoint.idHeader(session), "Authorization: Bearer bob").status());
            assertTrue(endpoint.exchange("POST", "/mcp", body, Endpoint.JSON, Endpoint.idHeader(session), "Authorization: Bearer ann")
                    .body().contains("test of " + owner("ann")));
            assertEquals(1, calls(endpoint.store.list().getFirst().state()));
        }
    }
}
