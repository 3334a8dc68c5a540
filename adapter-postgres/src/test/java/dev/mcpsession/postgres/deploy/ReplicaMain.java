package dev.mcpsession.postgres.deploy;

import com.sun.net.httpserver.HttpExchange;
import dev.mcpsession.Caller;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.Outcome;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.httpserver.ExchangeAnswer;
import dev.mcpsession.httpserver.ExchangeResponse;
import dev.mcpsession.httpserver.McpHttpServer;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A replica in a process of its own. Prints its address when it listens; SIGTERM stops it, well or badly.
///
/// Its tools: `wait` answers after some milliseconds, `publish` publishes an event, and `ask` asks its client.
final class ReplicaMain {

    private static final Duration NOTICE = Duration.ofMillis(700);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Json.Obj INITIALIZED = (Json.Obj) Json.parse("""
            {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "replica", "version": "1"}}""");

    /// How SIGTERM ends the process.
    enum Stop {
        /// As documented.
        WELL,
        /// The readiness probe fails in time, but streams and calls are cut.
        UNDRAINED,
        /// Streams and calls are cut.
        AT_ONCE
    }

    private final Backend backend;
    private final ClientRequests requests;
    private final SessionHandler sessions;
    private final McpHttpServer server;

    private ReplicaMain(String url) throws IOException {
        backend = Backend.open(url, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow();
        requests = ClientRequests.builder(backend.broadcaster()).build();
        sessions = SessionHandler.builder(backend.store()).broadcaster(backend.broadcaster()).onDrain(requests::drain).build();
        server = McpHttpServer.builder(sessions).address(new InetSocketAddress("127.0.0.1", 0)).endpoint(this::handle)
                .handler("/ready", exchange -> exchange.sendResponseHeaders(sessions.isReady() ? 200 : 503, -1)).start();
    }

    /// Runs a replica.
    ///
    /// @param args the database's URL, and a [Stop]
    public static void main(String... args) throws IOException {
        var replica = new ReplicaMain(args[0]);
        var stop = Stop.valueOf(args[1]);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> replica.stop(stop)));
        System.out.println(replica.server.uri());
    }

    private void stop(Stop how) {
        switch (how) {
            case WELL -> server.close(NOTICE, GRACE);
            case UNDRAINED -> {
                sessions.withdraw();
                LockSupport.parkNanos(NOTICE.toNanos());
                Runtime.getRuntime().halt(1);
            }
            case AT_ONCE -> Runtime.getRuntime().halt(1);
        }
        requests.close();
        backend.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        var message = (Json.Obj) Json.parse(exchange.getRequestBody().readAllBytes());
        var id = message.get("id");
        if (id.isEmpty() || message.string("method").isEmpty()) {
            requests.deliver(Caller.current(), message);
            ExchangeResponse.send(exchange, new Decision.Reply(202, Map.of(), new byte[0]));
            return;
        }
        try (var answer = requests.answer(id.get(), new ExchangeAnswer(exchange))) {
            answer.response(Json.obj().with("jsonrpc", "2.0").with("id", id.get()).with("result", result(message, answer)));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Json.Obj result(Json.Obj message, AnswerStream answer) throws InterruptedException {
        var params = message.object("params").orElse(Json.obj());
        var given = params.object("arguments").orElse(Json.obj());
        return switch (params.string("name").orElse("")) {
            case "wait" -> {
                Thread.sleep(given.integer("millis").orElseThrow());
                yield given;
            }
            case "publish" -> Json.obj().with("id", backend.broadcaster().publish(Event.of("notifications/message", given)).toString());
            case "ask" -> switch (requests.ask(answer, "elicitation/create", given, PATIENCE)) {
                case Outcome.Answered(var result) -> result;
                case Outcome other -> Json.obj().with("outcome", other.toString());
            };
            default -> INITIALIZED;
        };
    }
}
