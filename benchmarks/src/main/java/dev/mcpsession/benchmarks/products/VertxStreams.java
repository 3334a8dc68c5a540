package dev.mcpsession.benchmarks.products;

import dev.mcpsession.benchmarks.wire.StreamEvent;
import dev.mcpsession.benchmarks.wire.StreamServer;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Vert.x with an event loop for each processor. Responses are kept open, and an event is written to each, without a look at its queue:
/// what a slow client does not read stays on the heap.
final class VertxStreams implements StreamServer {

    private final Vertx vertx = Vertx.vertx();
    private final Set<HttpServerResponse> responses = ConcurrentHashMap.newKeySet();
    private volatile int port;

    VertxStreams() {
        var options = new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
        vertx.deployVerticle(Listener::new, options).await();
    }

    /// One event loop. All of them listen on one port, which the first one picks.
    private final class Listener extends AbstractVerticle {

        @Override
        public void start(Promise<Void> started) {
            vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(-1).setAcceptBacklog(1024))
                    .requestHandler(VertxStreams.this::open).listen()
                    .onSuccess(server -> port = server.actualPort()).<Void>mapEmpty().onComplete(started);
        }
    }

    private void open(HttpServerRequest request) {
        var response = request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
        response.closeHandler(_ -> responses.remove(response));
        response.write(CONNECTED);
        responses.add(response);
    }

    @Override
    public Opening opening() {
        return Opening.NO_SESSION;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void publish(StreamEvent event) {
        var frame = Buffer.buffer(event.frame());
        for (var response : responses) response.write(frame);
    }

    @Override
    public int streams() {
        return responses.size();
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
