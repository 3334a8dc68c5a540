package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/// Asks clients from three replicas, over HTTP; every POST goes to a random one.
///
/// There are 300 asks; `-Ddialog.asks=10000` makes them 10,000.
@Timeout(600)
@Execution(SAME_THREAD) // it measures times
class DialogReplicasTest {

    private static final int ASKS = Integer.getInteger("dialog.asks", 300);
    private static final int SESSIONS = 30;
    private static final int AT_ONCE = 24;

    @AutoClose
    private final PgDatabase database = PgDatabase.create();
    @AutoClose
    private final HttpClient http = HttpClient.newHttpClient();

    private static <T> T any(List<T> all) {
        return all.get(ThreadLocalRandom.current().nextInt(all.size()));
    }

    private List<DialogReplica> replicas(int count) throws IOException {
        var deliveries = DialogReplica.noDeliveries();
        var replicas = new ArrayList<DialogReplica>();
        for (var i = 0; i < count; i++) replicas.add(new DialogReplica(database.url(), deliveries));
        return replicas;
    }

    private static List<URI> uris(List<DialogReplica> replicas) {
        return replicas.stream().map(DialogReplica::uri).toList();
    }

    /// The invariant: each call ends with the text that its own session sent to its own request, exactly once.
    @Test
    void ask_postsToRandomReplicas_eachGetsItsOwnAnswerOnce() throws Exception {
        var replicas = replicas(3);
        var uris = uris(replicas);
        try (var threads = new Threads()) {
            var clients = new ArrayList<DialogClient>();
            for (var i = 0; i < SESSIONS; i++) clients.add(new DialogClient(http, any(uris)));
            var done = new AtomicBoolean();
            var events = threads.start(() -> eventTimes(replicas, done));
            var permits = new Semaphore(AT_ONCE);
            var texts = new ArrayList<Future<String>>();
            for (var n = 0; n < ASKS; n++) {
                var number = n;
                permits.acquire();
                texts.add(threads.start(() -> {
                    try {
                        return ask(clients, number, uris);
                    } finally {
                        permits.release();
                    }
                }));
            }
            for (var n = 0; n < ASKS; n++) assertEquals("answer " + n, texts.get(n).get());
            done.set(true);

            assertEquals(0, replicas.stream().mapToInt(replica -> replica.requests().openRequests() + replica.requests().openAnswers()).sum());
            var answers = replicas.stream().flatMap(replica -> replica.nanosFromOtherReplicas().stream()).toList();
            assertTrue(answers.size() > ASKS / 3, () -> "of other replicas: " + answers.size());
            System.out.println(ASKS + " asks; between replicas: " + answers.size() + " responses " + quantiles(answers)
                    + ", " + events.get().size() + " events " + quantiles(events.get()));
        } finally {
            replicas.forEach(DialogReplica::close);
        }
    }

    /// Besides its own response, others try to answer each request: of another session, twice, and by an id that was never given.
    private static String ask(List<DialogClient> clients, int number, List<URI> replicas) throws IOException, InterruptedException {
        var client = clients.get(number % SESSIONS);
        var stranger = clients.get((number + 1) % SESSIONS);
        try (var call = client.call(any(replicas), number, Json.obj().with("message", "question " + number))) {
            var id = call.asked();
            if (number % 10 == 0) {
                stranger.respond(any(replicas), id, "of another session");
                client.respond(any(replicas), new Json.Str("ask-AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"), "to an id that was never given");
            }
            client.respond(any(replicas), id, "answer " + number);
            var text = call.result().string("text").orElseThrow();
            if (number % 10 == 0) client.respond(any(replicas), id, "a second one");
            assertTrue(call.next().isEmpty());
            return text;
        }
    }

    /// How long events take from one replica to another meanwhile.
    private static List<Long> eventTimes(List<DialogReplica> replicas, AtomicBoolean done) throws InterruptedException {
        var times = new ArrayList<Long>();
        var session = SessionId.random();
        try (var reader = replicas.getFirst().broadcaster().subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
            while (!done.get()) {
                var start = System.nanoTime();
                replicas.getLast().broadcaster().publish(Event.of("notifications/message").to(session));
                awaitNext(reader);
                times.add(System.nanoTime() - start);
                Thread.sleep(5);
            }
        }
        return times;
    }

    private static void awaitNext(Subscription reader) throws InterruptedException {
        while (!(reader.next() instanceof Delivery.Next)) {
            // a heartbeat
        }
    }

    private static String quantiles(Collection<Long> nanos) {
        var sorted = nanos.stream().sorted().toList();
        return "p50 " + sorted.get(sorted.size() / 2) / 1_000 + " µs, p99 " + sorted.get(sorted.size() * 99 / 100) / 1_000 + " µs";
    }

    @Test
    void cancel_onAnotherReplica_endsTheAsk() throws Exception {
        var replicas = replicas(2);
        try {
            var client = new DialogClient(http, replicas.getFirst().uri());
            try (var call = client.call(replicas.getFirst().uri(), 7, Json.obj().with("message", "?"))) {
                var id = call.asked();
                client.send(replicas.getLast().uri(), Json.obj().with("jsonrpc", "2.0").with("method", "notifications/cancelled")
                        .with("params", Json.obj().with("requestId", 7)));

                var cancelled = call.next().orElseThrow();
                assertEquals(id, cancelled.object("params").flatMap(params -> params.get("requestId")).orElseThrow());
                assertTrue(call.next().isEmpty());
            }
        } finally {
            replicas.forEach(DialogReplica::close);
        }
    }

    @Test
    void drain_whileAsking_endsTheAskAndAnswersTheCall() throws Exception {
        var replicas = replicas(1);
        var client = new DialogClient(http, replicas.getFirst().uri());
        try (var call = client.call(replicas.getFirst().uri(), 1, Json.obj().with("message", "?"))) {
            call.asked();
            replicas.getFirst().close();

            assertEquals("notifications/cancelled", call.next().orElseThrow().string("method").orElseThrow());
            assertEquals("Draining[]", call.result().string("outcome").orElseThrow());
        }
    }

    @Test
    void kill_whileAsking_cutsTheAnswerAndLeavesTheSession() throws Exception {
        try (var servers = new ServerProcesses()) {
            var killed = servers.start();
            var there = ServerProcesses.endpoint(killed);
            var here = ServerProcesses.endpoint(servers.start());
            var client = new DialogClient(http, there);
            var confirm = Json.obj().with("name", "confirm").with("arguments", Json.obj().with("text", "it"));
            try (var call = client.call(there, 1, confirm)) {
                var id = call.asked();
                killed.destroyForcibly().waitFor();

                assertThrows(IOException.class, call::next);
                client.respond(here, id, "to nobody");
            }
            try (var again = client.call(here, 2, confirm)) {
                var id = again.asked();
                client.send(here, Json.obj().with("jsonrpc", "2.0").with("id", id).with("result",
                        Json.obj().with("action", "accept").with("content", Json.obj().with("ok", true))));
                assertTrue(again.result().toString().contains("confirmed: it"));
            }
        }
    }
}
