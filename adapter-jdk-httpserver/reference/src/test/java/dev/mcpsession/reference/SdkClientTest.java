package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.contract.Await;
import dev.mcpsession.event.EventId;
import dev.mcpsession.json.Json;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/// The official Java client against the reference server.
class SdkClientTest {

    private static final int CLIENTS = 20;
    private static final int EVENTS = 200;

    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private McpClientTransport transport() {
        return HttpClientStreamableHttpTransport.builder(server.uri("/").toString()).build();
    }

    private McpSyncClient client(BlockingQueue<List<String>> toolLists) {
        return McpClient.sync(transport())
                .requestTimeout(RunningServer.PATIENCE)
                .clientInfo(McpSchema.Implementation.builder("sdk-test", "1").build())
                .toolsChangeConsumer(tools -> toolLists.add(tools.stream().map(McpSchema.Tool::name).toList()))
                .build();
    }

    private static String call(McpSyncClient client, String tool, Map<String, Object> arguments) {
        var result = client.callTool(McpSchema.CallToolRequest.builder(tool).arguments(arguments).build());
        assertFalse(Boolean.TRUE.equals(result.isError()), () -> tool + ": " + result);
        return ((McpSchema.TextContent) result.content().getFirst()).text();
    }

    private void awaitStreams(int count) {
        Await.await("subscribers", () -> server.backend().broadcaster().stats().subscribers() == count);
    }

    @Test
    void client_everyTool_works() {
        try (var client = client(new LinkedBlockingQueue<>())) {
            assertEquals("2025-11-25", client.initialize().protocolVersion());
            assertEquals("mcp-session-reference", client.getServerInfo().name());
            assertTrue(client.getServerCapabilities().tools().listChanged());
            assertNotNull(client.ping());
            assertEquals(List.of("echo", "whoami", "remember", "recall", "add_tool", "write_board", "test_simple_text", "open_notes", "note",
                            "read_notes", "close_notes", "confirm", "ask_model"),
                    client.listTools().tools().stream().map(McpSchema.Tool::name).toList());
            client.listTools().tools().forEach(tool -> assertEquals("object", tool.inputSchema().get("type"), tool.name()));

            assertEquals("hé", call(client, "echo", Map.of("text", "hé")));
            assertTrue(call(client, "whoami", Map.of()).contains("\"client\":\"sdk-test\""));
            assertEquals("remembered", call(client, "remember", Map.of("key", "k", "value", "v")));
            assertEquals("v", call(client, "recall", Map.of("key", "k")));
            assertEquals("added mine", call(client, "add_tool", Map.of("name", "mine", "description", "Mine.")));
            assertEquals("mine", call(client, "mine", Map.of()));
            assertEquals("This is a simple text response for testing.", call(client, "test_simple_text", Map.of()));
        }
    }

    @Test
    void client_asked_answersThroughTwoReplicas() throws Exception {
        try (var replicas = RunningServer.replicas(server.backend(), server.backend())) {
            var asked = new LinkedBlockingQueue<String>();
            try (var client = McpClient.sync(HttpClientStreamableHttpTransport.builder(replicas.uri("/").toString()).build())
                    .requestTimeout(RunningServer.PATIENCE)
                    .capabilities(McpSchema.ClientCapabilities.builder().elicitation().sampling().build())
                    .elicitation(request -> {
                        asked.add(request.message());
                        return McpSchema.ElicitResult.builder(McpSchema.ElicitResult.Action.ACCEPT).content(Map.of("ok", true)).build();
                    })
                    .sampling(request -> McpSchema.CreateMessageResult.builder(McpSchema.Role.ASSISTANT, "forty-two", "a-model").build())
                    .build()) {
                client.initialize();
                for (var i = 0; i < 10; i++) {
                    assertEquals("confirmed: no. " + i, call(client, "confirm", Map.of("text", "no. " + i)));
                    assertEquals("Please confirm: no. " + i, asked.take());
                    assertEquals("forty-two", call(client, "ask_model", Map.of("text", "What?")));
                }
            }
        }
    }

    @Test
    void client_changeOfTools_isTold() throws Exception {
        var toolLists = new LinkedBlockingQueue<List<String>>();
        try (var client = client(toolLists)) {
            client.initialize();
            awaitStreams(1);

            assertEquals(202, server.publish("{\"method\":\"notifications/tools/list_changed\"}").statusCode());
            assertEquals(13, next(toolLists).size());

            call(client, "add_tool", Map.of("name", "new"));
            assertTrue(next(toolLists).contains("new"));
        }
    }

    @Test
    void drain_ofTheStream_leavesTheClientWithCallsAndWithoutEvents() throws Exception {
        var toolLists = new LinkedBlockingQueue<List<String>>();
        try (var client = client(toolLists)) {
            client.initialize();
            awaitStreams(1);
            var session = session().id();

            assertEquals("{\"draining\":1}", server.drain());
            awaitStreams(0);

            assertEquals("remembered", call(client, "remember", Map.of("key", "k", "value", "v")));
            assertEquals("added new", call(client, "add_tool", Map.of("name", "new"))); // which publishes an event, too
            assertEquals("v", call(client, "recall", Map.of("key", "k")));
            assertEquals(session, session().id());
            assertEquals(0, server.backend().broadcaster().stats().subscribers(), "it does not open its stream again");
            assertTrue(toolLists.isEmpty(), "nobody tells it");
        }
    }

    @Test
    void close_ofTheClient_endsItsSession() throws Exception {
        var client = client(new LinkedBlockingQueue<>());
        client.initialize();
        awaitStreams(1);
        var id = session().id().value();
        assertEquals(200, server.post(id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}").statusCode());

        client.closeGracefully();

        Await.await("session deleted", () -> server.backend().store().find(new SessionId(id)).isEmpty());
        assertEquals(404, server.post(id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}").statusCode());
        awaitStreams(0);
    }

    private Session session() {
        var all = server.backend().store().list();
        assertEquals(1, all.size());
        return all.getFirst();
    }

    @Test
    void publish_toManyClients_reachesEachOnceInOneOrder() throws Exception {
        var received = new ArrayList<BlockingQueue<String>>();
        var clients = new ArrayList<McpAsyncClient>();
        for (var i = 0; i < CLIENTS; i++) {
            var events = new LinkedBlockingQueue<String>();
            received.add(events);
            clients.add(listener(events));
        }
        try {
            for (var client : clients) client.initialize().block(RunningServer.PATIENCE);
            awaitStreams(CLIENTS);

            var published = publishAll();

            for (var events : received) {
                var got = new ArrayList<String>();
                while (got.size() < EVENTS) got.add(next(events));
                assertEquals(published, got);
            }
            received.forEach(events -> assertTrue(events.isEmpty(), "nothing comes twice"));
        } finally {
            Mono.when(clients.stream().map(McpAsyncClient::closeGracefully).toList()).block(RunningServer.PATIENCE);
        }
    }

    private McpAsyncClient listener(BlockingQueue<String> events) {
        return McpClient.async(transport()).requestTimeout(RunningServer.PATIENCE)
                .loggingConsumer(event -> Mono.fromRunnable(() -> events.add(event.data()))).build();
    }

    /// Publishes from four threads concurrently, and returns the events in the order of their ids.
    private List<String> publishAll() throws Exception {
        var publications = IntStream.range(0, EVENTS).<Callable<Map.Entry<Long, String>>>mapToObj(i -> () -> {
            var params = "{\"level\":\"info\",\"data\":\"" + i + "\"}";
            var body = server.publish("{\"method\":\"notifications/message\",\"params\":" + params + "}").body();
            var id = ((Json.Obj) Json.parse(body)).string("id").orElseThrow();
            return Map.entry(EventId.parse(id).orElseThrow().sequence(), Integer.toString(i));
        }).toList();
        var published = new ArrayList<Map.Entry<Long, String>>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var publication : threads.invokeAll(publications)) published.add(publication.get());
        }
        return published.stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList();
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        var next = queue.poll(RunningServer.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertNotNull(next, "nothing came");
        return next;
    }
}
