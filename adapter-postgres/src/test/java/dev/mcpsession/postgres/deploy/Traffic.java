package dev.mcpsession.postgres.deploy;

import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.contract.EventBlocks;
import dev.mcpsession.contract.Messages;
import dev.mcpsession.event.EventId;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Calls, publishes and questions without a pause, each by a client of its own choice. Whatever the proxy passes on must be answered.
final class Traffic {

    private static final int PUBLISHERS = 4;
    private static final int ASKERS = 12; // so many, and so slow, that each replica has questions in flight when it drains
    private static final int SHORTEST_THOUGHT_MILLIS = 2_000;
    private static final int LONGEST_THOUGHT_MILLIS = 4_000;
    private static final int PUBLISH_PAUSE_MILLIS = 150;

    private final List<DeployClient> clients;
    private final Faults faults;
    private final int waiters;
    private final int waitMillis;
    private final Queue<EventId> published = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger drained = new AtomicInteger();
    private final List<Future<Void>> workers = new ArrayList<>();
    private volatile boolean isOver;

    /// @param waiters    how many calls that only take time are in flight
    /// @param waitMillis how long each takes
    Traffic(List<DeployClient> clients, Faults faults, int waiters, int waitMillis) {
        this.clients = clients;
        this.faults = faults;
        this.waiters = waiters;
        this.waitMillis = waitMillis;
    }

    /// The ids of the events that were acknowledged.
    List<EventId> published() {
        return published.stream().sorted((one, other) -> one.isAfter(other) ? 1 : one.equals(other) ? 0 : -1).toList();
    }

    int calls() {
        return calls.get();
    }

    /// How many questions their clients answered.
    int answered() {
        return answered.get();
    }

    /// How many questions ended because their replica was draining.
    int drained() {
        return drained.get();
    }

    private interface Work {

        void run(DeployClient client) throws IOException, InterruptedException;
    }

    void start(Threads threads) {
        start(threads, waiters, this::waitFor);
        start(threads, PUBLISHERS, client -> {
            publish(client);
            Thread.sleep(PUBLISH_PAUSE_MILLIS);
        });
        start(threads, ASKERS, this::ask);
    }

    private void start(Threads threads, int count, Work work) {
        for (var n = 0; n < count; n++) workers.add(threads.start(() -> repeat(work)));
    }

    /// Begins no more, and waits for the last answers.
    void stop() throws InterruptedException, ExecutionException {
        isOver = true;
        for (var worker : workers) worker.get();
    }

    /// Publishes one more event.
    void publish() throws IOException, InterruptedException {
        publish(clients.getFirst());
    }

    private Void repeat(Work work) throws InterruptedException {
        while (!isOver) {
            try {
                work.run(clients.get(ThreadLocalRandom.current().nextInt(clients.size())));
                calls.incrementAndGet();
            } catch (IOException e) {
                faults.add("a call failed: " + e);
            }
        }
        return null;
    }

    private void waitFor(DeployClient client) throws IOException, InterruptedException {
        var arguments = Json.obj().with("millis", waitMillis).with("id", ThreadLocalRandom.current().nextInt());
        var result = client.call("wait", arguments);
        if (!result.equals(arguments)) throw new IOException("another's answer: " + result);
    }

    private void publish(DeployClient client) throws IOException, InterruptedException {
        var result = client.call("publish", Json.obj().with("at", System.nanoTime()));
        published.add(result.string("id").flatMap(EventId::parse).orElseThrow(() -> new IOException("no id: " + result)));
    }

    private void ask(DeployClient client) throws IOException, InterruptedException {
        var text = "text " + ThreadLocalRandom.current().nextLong();
        try (var blocks = new EventBlocks(client.post(Messages.callTool("ask", "{\"message\":\"?\"}")))) {
            var question = message(blocks);
            Thread.sleep(ThreadLocalRandom.current().nextInt(SHORTEST_THOUGHT_MILLIS, LONGEST_THOUGHT_MILLIS));
            client.post(Json.obj().with("jsonrpc", "2.0").with("id", question.get("id").orElseThrow())
                    .with("result", Json.obj().with("text", text)).toString()).close();
            var last = message(blocks);
            if (last.string("method").isPresent()) last = message(blocks); // after notifications/cancelled
            count(last.object("result").orElse(last), text);
        }
    }

    private void count(Json.Obj result, String text) throws IOException {
        if (result.equals(Json.obj().with("text", text))) answered.incrementAndGet();
        else if (result.equals(Json.obj().with("outcome", "Draining[]"))) drained.incrementAndGet();
        else throw new IOException("a question ended with " + result);
    }

    private static Json.Obj message(EventBlocks blocks) throws IOException {
        for (var block = blocks.next(); block.isPresent(); block = blocks.next()) {
            if (block.get().data().isPresent()) return (Json.Obj) Json.parse(block.get().data().get());
        }
        throw new IOException("a call ended without an answer");
    }
}
