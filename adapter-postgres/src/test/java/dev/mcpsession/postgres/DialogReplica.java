package dev.mcpsession.postgres;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.Caller;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.Outcome;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.ExchangeAnswer;
import dev.mcpsession.httpserver.ExchangeResponse;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A replica in this process whose every call asks its client and answers with the outcome. It also measures how long a response that
/// reached another replica was under way.
final class DialogReplica implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Json.Obj INITIALIZED = (Json.Obj) Json.parse("""
            {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "asks", "version": "1"}}""");

    /// By the text of the answer: where and when it was delivered.
    record Delivered(DialogReplica to, long at) {}

    private final Map<String, Delivered> delivered;
    private final Queue<Long> nanosFromOtherReplicas = new ConcurrentLinkedQueue<>();
    private final Backend backend;
    private final ClientRequests requests;
    private final McpHttpServer server;

    DialogReplica(String url, Map<String, Delivered> delivered) throws IOException {
        this.delivered = delivered;
        backend = Backend.open(url, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow();
        requests = ClientRequests.builder(backend.broadcaster()).build();
        var sessions = SessionHandler.builder(backend.store()).broadcaster(backend.broadcaster()).onDrain(requests::drain).build();
        server = McpHttpServer.builder(sessions).address(new InetSocketAddress("127.0.0.1", 0)).endpoint(this::handle).start();
    }

    static Map<String, Delivered> noDeliveries() {
        return new ConcurrentHashMap<>();
    }

    URI uri() {
        return server.uri();
    }

    Broadcaster broadcaster() {
        return backend.broadcaster();
    }

    ClientRequests requests() {
        return requests;
    }

    Queue<Long> nanosFromOtherReplicas() {
        return nanosFromOtherReplicas;
    }

    private void handle(HttpExchange exchange) throws IOException {
        var message = (Json.Obj) Json.parse(exchange.getRequestBody().readAllBytes());
        var method = message.string("method").orElse("");
        var id = message.get("id").orElse(Json.NULL);
        if (method.isEmpty() || id.equals(Json.NULL)) {
            text(message.object("result").orElse(Json.obj())).ifPresent(text -> delivered.put(text, new Delivered(this, System.nanoTime())));
            requests.deliver(Caller.current(), message);
            ExchangeResponse.send(exchange, new Decision.Reply(202, Map.of(), new byte[0]));
            return;
        }
        try (var answer = requests.answer(id, new ExchangeAnswer(exchange))) {
            var response = Json.obj().with("jsonrpc", "2.0").with("id", id);
            if (method.equals("initialize")) {
                answer.response(response.with("result", INITIALIZED));
                return;
            }
            var outcome = requests.ask(answer, "elicitation/create", message.object("params").orElse(Json.obj()), PATIENCE);
            if (outcome instanceof Outcome.Answered(var result)) text(result).ifPresent(this::measure);
            answer.response(response.with("result", Json.obj().with("outcome", outcome.toString())
                    .with("text", outcome instanceof Outcome.Answered(var result) ? text(result).orElse("") : "")));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static Optional<String> text(Json.Obj result) {
        return result.object("content").flatMap(content -> content.string("text"));
    }

    private void measure(String text) {
        var delivery = delivered.remove(text);
        if (delivery.to() != this) nanosFromOtherReplicas.add(System.nanoTime() - delivery.at());
    }

    @Override
    public void close() {
        try (backend; requests) {
            server.close();
        }
    }
}
