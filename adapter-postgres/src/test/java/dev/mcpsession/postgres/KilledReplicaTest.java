package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.EventBlocks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kills a replica while clients read from it; they continue at the other one.
///
/// There are 20 clients; `-Dkill.clients=200` makes them 200.
@Timeout(240)
class KilledReplicaTest {

    private static final int CLIENTS = Integer.getInteger("kill.clients", 20);
    private static final int READ = 20; // by each client, before the replica is killed
    private static final int ALIVE = 100; // events published before and around the kill
    private static final int AWAY = 150; // from there to here, no client is connected
    private static final int EVENTS = 250;
    private static final long PATIENCE_SECONDS = 120;

    private final ServerProcesses servers = new ServerProcesses();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void end() {
        servers.close();
        http.shutdownNow();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kill_ofAReplica_leavesItsClientsTheirSessionsAndEvents(boolean resumes) throws Exception {
        var killed = servers.start();
        var first = ServerProcesses.endpoint(killed);
        var other = ServerProcesses.endpoint(servers.start());
        var clients = new ArrayList<KillClient>();
        for (var n = 0; n < CLIENTS; n++) {
            var client = new KillClient(http, first);
            assertTrue(client.call(first, "remember", "{\"key\":\"k\",\"value\":\"of %s\"}".formatted(n)).contains("remembered"));
            clients.add(client);
        }
        var streams = open(clients, first, false);
        var reading = read(clients, streams);

        var publishing = threads.submit(() -> publish(other, 0, ALIVE));
        Await.await(() -> "events at all clients", Duration.ofSeconds(PATIENCE_SECONDS),
                () -> clients.stream().allMatch(client -> client.hasSeen(READ - 1)));
        killed.destroyForcibly().waitFor();
        for (var each : reading) assertTrue(result(each), "a stream must end with its replica");
        result(publishing);
        publish(other, ALIVE, AWAY);
        var before = clients.stream().map(KillClient::seen).toList();
        var reopened = open(clients, other, resumes);
        for (var n = 0; n < CLIENTS; n++) {
            var recalled = clients.get(n).call(other, "recall", "{\"key\":\"k\"}");
            assertTrue(recalled.contains("\"of " + n + "\""), recalled);
        }
        var readingOn = read(clients, reopened);
        publish(other, AWAY, EVENTS);
        for (var each : readingOn) result(each);

        for (var n = 0; n < CLIENTS; n++) {
            var at = before.get(n).size();
            assertEquals(numbers(0, at), before.get(n));
            var seen = clients.get(n).seen();
            assertEquals(numbers(resumes ? at : AWAY, EVENTS), seen.subList(at, seen.size()));
        }
    }

    /// Reconnects all clients at once, as happens when a replica is gone.
    private List<EventBlocks> open(List<KillClient> clients, URI replica, boolean resumes) throws Exception {
        var opening = clients.stream().map(client -> threads.submit(() -> client.open(replica, resumes))).toList();
        var streams = new ArrayList<EventBlocks>();
        for (var each : opening) streams.add(result(each));
        return streams;
    }

    /// Reads each stream up to the last event.
    ///
    /// @return for each stream, whether it ended before
    private List<Future<Boolean>> read(List<KillClient> clients, List<EventBlocks> streams) {
        return IntStream.range(0, CLIENTS).mapToObj(n -> threads.submit((Callable<Boolean>) () -> {
            try (var stream = streams.get(n)) {
                clients.get(n).read(stream, EVENTS - 1);
            } catch (IOException _) {
                return true; // cut off
            }
            return !clients.get(n).hasSeen(EVENTS - 1);
        })).toList();
    }

    private Void publish(URI replica, int from, int to) throws Exception {
        for (var n = from; n < to; n++) {
            var body = "{\"method\":\"notifications/message\",\"params\":{\"n\":%s}}".formatted(n);
            var answer = http.send(HttpRequest.newBuilder(replica.resolve("/publish")).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
            assertEquals(202, answer.statusCode(), answer.body());
        }
        return null;
    }

    private static <T> T result(Future<T> future) throws Exception {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
