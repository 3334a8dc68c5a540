package dev.mcpsession.benchmarks.products;

import dev.mcpsession.benchmarks.wire.StreamEvent;
import dev.mcpsession.benchmarks.wire.StreamServer;
import io.javalin.Javalin;
import io.javalin.http.sse.SseClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Javalin, which runs on Jetty: clients are kept alive, and an event is sent to each, which blocks while a client does not read.
final class JavalinStreams implements StreamServer {

    private final Set<SseClient> clients = ConcurrentHashMap.newKeySet();
    private final Javalin server = Javalin.create(config -> {
        config.startup.showJavalinBanner = false;
        config.routes.sse(PATH, this::open);
    }).start("127.0.0.1", 0);

    private void open(SseClient client) {
        client.keepAlive();
        client.onClose(() -> clients.remove(client));
        clients.add(client);
    }

    @Override
    public Opening opening() {
        return Opening.NO_SESSION;
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public void publish(StreamEvent event) {
        for (var client : clients) client.sendEvent("message", event.message(), Integer.toString(event.sequence()));
    }

    @Override
    public int streams() {
        return clients.size();
    }

    @Override
    public void close() {
        server.stop();
    }
}
