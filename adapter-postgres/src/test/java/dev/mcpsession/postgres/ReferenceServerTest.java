package dev.mcpsession.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.contract.EventBlocks;
import dev.mcpsession.contract.Messages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Reference servers with `--backend jdbc:postgresql://…`, each in its own process.
@Timeout(240)
class ReferenceServerTest {

    private final ServerProcesses servers = new ServerProcesses();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void end() {
        servers.close();
        http.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            jdbc:postgresql://127.0.0.1:1/app?user=s3cret&password=s3cret      | 1 | database must be reachable
            jdbc:postgresql://127.0.0.1:99999/app?user=s3cret&password=s3cret  | 2 | a Postgres URL must be
            jdbc:postgresql://s3cret:s3cret@127.0.0.1/app                      | 2 | a Postgres URL must be
            """)
    void start_databaseCannotBeUsed_isOneLineWithoutCredentials(String url, int status, String why) throws Exception {
        var process = servers.start(url);

        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");

        var said = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertEquals(status, process.exitValue(), said);
        assertTrue(said.contains(why), said);
        assertEquals(1, said.lines().count(), said);
        assertFalse(said.contains("s3cret"), said);
    }

    @Test
    void start_wrongPassword_isOneLineWithoutCredentials() throws Exception {
        var process = servers.start(servers.database().url().replaceFirst("user=[^&]*", "user=s3cret") + "&password=s3cret");

        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");

        var said = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertEquals(1, process.exitValue(), said);
        assertEquals("cannot open backend jdbc:postgresql: create the tables of schema.sql failed: "
                + "database must accept user and password: it does not (28000)\n", said.replace("28P01", "28000"));
    }

    /// As in a container with a small share of a processor.
    @Test
    void start_withATenthOfTheTime_connects() throws Exception {
        try (var withTables = new ServerProcesses(); var threads = new Threads()) {
            PostgresSchema.create(withTables.database().dataSource());
            var starting = Stream.of(servers, withTables).map(each -> threads.start(() -> startThrottled(each))).toList();

            for (var endpoint : starting) assertTrue(endpoint.get().getPort() > 0);
        }
    }

    private static URI startThrottled(ServerProcesses servers) throws Exception {
        var server = servers.start();
        var throttle = new ProcessBuilder("sh", "-c",
                "while kill -STOP $0; do sleep 0.18; kill -CONT $0; sleep 0.02; done", "" + server.pid()).start();
        try {
            return endpoint(server);
        } finally {
            throttle.destroyForcibly().waitFor();
        }
    }

    @Test
    void restart_ofTheServer_keepsTheSession() throws Exception {
        var first = servers.start();
        var before = endpoint(first);
        var session = initialize(before);
        assertEquals(202, post(before, session, Messages.INITIALIZED).statusCode());
        assertTrue(call(before, session, "remember", "{\"key\":\"a\",\"value\":\"kept\"}").contains("remembered"));

        first.destroyForcibly().waitFor();
        var after = endpoint(servers.start());

        assertTrue(call(after, session, "recall", "{\"key\":\"a\"}").contains("kept"));
        assertTrue(call(after, session, "whoami", "{}").contains("test"), "the client need not say again who it is");
    }

    @Test
    void publish_onOneReplica_reachesAStreamOnAnother() throws Exception {
        var one = endpoint(servers.start());
        var other = endpoint(servers.start());
        var session = initialize(one);
        var stream = http.send(HttpRequest.newBuilder(other).header("Mcp-Session-Id", session)
                .header("Accept", "text/event-stream").build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, stream.statusCode());
        try (var blocks = new EventBlocks(stream.body())) {
            assertEquals(": connected\n\n", blocks.next().orElseThrow().text());

            var published = http.send(HttpRequest.newBuilder(one.resolve("/publish")).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"method\":\"notifications/tools/list_changed\"}")).build(),
                    HttpResponse.BodyHandlers.ofString());

            assertEquals(202, published.statusCode());
            var id = published.body().replaceAll(".*\"id\":\"|\".*", "");
            var block = blocks.next().orElseThrow();
            while (!block.id().equals(Optional.of(id))) block = blocks.next().orElseThrow();
            assertEquals("id: " + id + """

                    event: message
                    data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{}}

                    """, block.text());
        }
    }

    /// What the operator looks at first works while the store fails; what has to query it says why it cannot.
    @Test
    void operator_storeCannotBeAsked_seesTheProcessNevertheless() throws Exception {
        var endpoint = endpoint(servers.start());
        servers.database().execute("alter table mcp_session rename to away");

        for (var path : List.of("/", "/status", "/metrics", "/streams", "/live")) {
            assertEquals(200, get(endpoint.resolve(path)).statusCode(), path);
        }
        var answer = get(endpoint.resolve("/sessions"));

        assertEquals(503, answer.statusCode(), answer.body());
        assertEquals("1", answer.headers().firstValue("Retry-After").orElseThrow());
        assertTrue(answer.body().contains("database must have the tables of schema.sql"), answer.body());
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI endpoint(Process server) throws IOException {
        return ServerProcesses.endpoint(server);
    }

    private String initialize(URI endpoint) throws Exception {
        var answer = send(endpoint, Messages.INITIALIZE);
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private String call(URI endpoint, String session, String tool, String arguments) throws Exception {
        var answer = post(endpoint, session, Messages.callTool(tool, arguments));
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private HttpResponse<String> post(URI endpoint, String session, String message) throws Exception {
        return send(endpoint, message, "Mcp-Session-Id", session);
    }

    private HttpResponse<String> send(URI endpoint, String message, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(endpoint).header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream").POST(HttpRequest.BodyPublishers.ofString(message));
        if (headers.length > 0) request.headers(headers);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
