package dev.mcpsession.reference.conformance;

import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.PublishOutcomeUnknownException;
import dev.mcpsession.reference.RunningServer;
import dev.mcpsession.json.Json;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The reference server, a network that can be cut, and an official client beyond it. Every published event has a number, so that each can
/// be checked to arrive once and in its place.
///
/// Used by one thread.
final class Stage implements AutoCloseable {

    static final String BOARD = "board://text";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 5;
    private static final Closeable NO_DETOUR = () -> {};

    final RunningServer server;
    final CuttingProxy network;
    final ScriptedClient client;

    private final Closeable way;
    private final List<String> expected = new ArrayList<>();
    private int published;
    private EventId last;

    private Stage(RunningServer server, CuttingProxy network, Closeable way, ScriptedClient client) {
        this.server = server;
        this.network = network;
        this.way = way;
        this.client = client;
    }

    /// Creates a stage for a script.
    static Stage of(Node node, String script) throws IOException {
        var server = server(List.of());
        return new Stage(server, new CuttingProxy(server.uri("/mcp")), NO_DETOUR, new ScriptedClient(script, node.start(script)));
    }

    /// Creates a stage for a client of the matrix.
    ///
    /// @param options the server's options, besides a heartbeat that is much shorter than usual
    static Stage of(MatrixClient subject, Node node, String... options) throws IOException {
        var server = server(options);
        return new Stage(server, new CuttingProxy(server.uri("/mcp")), NO_DETOUR, subject.start(node));
    }

    /// Creates a stage for a client of the matrix, with event streams rewritten in between.
    ///
    /// @param rewriting rewrites each line, see [RewritingProxy]
    static Stage rewriting(MatrixClient subject, Node node, UnaryOperator<String> rewriting) throws IOException {
        var server = server();
        var detour = new RewritingProxy(server.uri("/mcp"), rewriting);
        return new Stage(server, new CuttingProxy(detour.uri("/mcp")), detour, subject.start(node));
    }

    private static RunningServer server(String... options) throws IOException {
        return server(Stream.concat(Stream.of("--heartbeat", "PT0.05S"), Stream.of(options)).toList());
    }

    private static RunningServer server(List<String> options) throws IOException {
        var database = Databases.next();
        return database.isEmpty() ? RunningServer.inMemory(options.toArray(String[]::new)) : RunningServer.replicasOn(database.get(), options);
    }

    /// Connects the client through the network.
    ///
    /// @return the negotiated version
    String connect(Json.Obj details) throws IOException, InterruptedException {
        return text(client.does("connect", details.with("url", network.uri("/mcp").toString())));
    }

    String call(String tool, Json.Obj arguments) throws IOException, InterruptedException {
        return text(client.does("call", Json.obj().with("name", tool).with("args", arguments)));
    }

    private static String text(Json value) {
        if (value instanceof Json.Str(var text)) return text;
        throw new AssertionError("must be a string: " + value);
    }

    /// Publishes `each` of every kind in turn: messages, changes of the tools, and updates of the board and of another resource.
    void publishAll(int each) {
        for (var i = 0; i < each; i++) {
            publish("notifications/message", Json.obj().with("level", "info").with("data", "x"), true);
            publishSignals();
        }
    }

    /// Publishes one signal that the client did not select, then one of each kind that it did, so that it receives the last one.
    void publishSignals() {
        publish("notifications/resources/updated", Json.obj().with("uri", "board://other"), false);
        publish("notifications/tools/list_changed", Json.obj(), true);
        publish("notifications/resources/updated", Json.obj().with("uri", BOARD), true);
    }

    /// @param isFor whether the client should receive it
    void publish(String method, Json.Obj params, boolean isFor) {
        var number = ++published;
        publish("number " + number, Event.of(method, params.with("_meta", Json.obj().with("number", number))), ATTEMPTS);
        if (isFor) expected.add(number + " " + method);
    }

    /// A database on a busy machine may answer late, and the key then repeats the same publish.
    private void publish(String key, Event event, int attempts) {
        try {
            last = server.backend().broadcaster().publish(key, event);
        } catch (PublishOutcomeUnknownException e) {
            if (attempts == 1) throw e;
            publish(key, event, attempts - 1);
        }
    }

    /// Waits until every replica has read what was published. Until then, the newest signal of one is not yet that of another.
    void awaitReplicas() {
        server.awaitRead(last);
    }

    /// Waits until the client has received as many notifications as it should, and requires that they are the expected ones.
    void receiveAll() throws InterruptedException {
        var got = new ArrayList<String>();
        while (got.size() < expected.size()) got.add(numbered(client.notification()));
        requireEqual(expected, got);
        expected.clear();
    }

    /// Requires that the client received nothing else. Called after a later answer has reached the client.
    void receiveNoMore() {
        client.moreNotifications().ifPresent(more -> {
            throw new AssertionError("nothing more was to come: " + more);
        });
    }

    private static String numbered(Json.Obj notification) {
        var number = notification.object("params").flatMap(params -> params.object("_meta")).flatMap(meta -> meta.get("number"));
        return number.map(Object::toString).orElse("without a number") + " " + notification.string("method").orElseThrow();
    }

    /// Ends the server's one stream gracefully.
    void drain() throws IOException, InterruptedException {
        requireEqual("{\"draining\":1}", server.drain());
        awaitStreams(0);
    }

    void awaitStreams(int count) {
        await("the server to have streams: " + count, () -> server.subscribers() == count);
    }

    static void await(String what, BooleanSupplier condition) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            require(System.nanoTime() - deadline < 0, "waited " + PATIENCE + " in vain for " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) throw new AssertionError(otherwise);
    }

    static void requireEqual(Object expected, Object actual) {
        require(expected.equals(actual), "expected " + expected + "\n             but was  " + actual);
    }

    @Override
    public void close() throws IOException {
        try (server; way; network; client) {
            // in the opposite order
        }
    }
}
