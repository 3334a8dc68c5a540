package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.httpserver.Endpoint.idHeader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.SessionId;
import dev.mcpsession.event.Event;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/// A thousand streams whose clients come and go leave nothing behind.
@Execution(SAME_THREAD) // its threads race for the processors
class ChurnTest {

    private static final int WORKERS = 10;
    private static final int STREAMS_EACH = 100;
    private static final int STEPS_EACH = 200;
    private static final Event LIST_CHANGED = Event.of("notifications/tools/list_changed");
    private static final String LAST = "notifications/test/last";

    /// A session's client: reads its newest stream until that ends.
    private static final class Client {

        private final Endpoint endpoint;
        private String session;
        private RawHttp stream;
        private volatile CountDownLatch sawLast;

        Client(Endpoint endpoint) throws IOException {
            this.endpoint = endpoint;
            begin();
        }

        void begin() throws IOException {
            session = endpoint.initialize();
            open();
        }

        void open() throws IOException {
            var opened = endpoint.stream(session);
            var last = new CountDownLatch(1);
            stream = opened;
            sawLast = last;
            Thread.ofVirtual().start(() -> readAll(opened, last));
        }

        private static void readAll(RawHttp stream, CountDownLatch last) {
            try (stream) {
                for (var chunk = stream.readChunk(); chunk.isPresent(); chunk = stream.readChunk()) {
                    if (chunk.get().contains(LAST)) last.countDown();
                }
            } catch (EOFException | SocketException _) {
                // taken over, deleted, or left
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void leave() throws IOException {
            stream.close();
        }

        void delete() throws IOException {
            assertEquals(204, endpoint.exchange("DELETE", "/mcp", "", idHeader(session)).status());
        }

        void step(int choice) throws IOException {
            switch (choice) {
                case 0 -> {
                    leave();
                    open();
                }
                case 1 -> open();
                case 2 -> {
                    delete();
                    begin();
                }
                case 3 -> {
                    leave();
                    delete();
                    begin();
                }
                case 4 -> endpoint.broadcaster.publish(LIST_CHANGED);
                default -> endpoint.broadcaster.publish(LIST_CHANGED.to(new SessionId(session)));
            }
        }
    }

    @Test
    void streams_afterChurn_areAllGone() throws Exception {
        try (var endpoint = new Endpoint(); var threads = Executors.newFixedThreadPool(WORKERS)) {
            var clients = new ArrayList<Client>();
            var workers = new ArrayList<Callable<List<Client>>>();
            for (var i = 0; i < WORKERS; i++) {
                var random = new Random(i);
                workers.add(() -> churn(endpoint, random));
            }
            for (var worker : threads.invokeAll(workers)) clients.addAll(worker.get());

            assertEquals(WORKERS * STREAMS_EACH, endpoint.store.liveCount());
            await("one stream for each session", () -> endpoint.sessions.stats().streams().open() <= clients.size());
            endpoint.broadcaster.publish(Event.of(LAST));
            for (var client : clients) assertTrue(client.sawLast.await(30, TimeUnit.SECONDS), "a stream has lost an event");

            for (var client : clients) client.delete();
            await("streams ended", () -> endpoint.sessions.stats().streams().open() == 0);
            await("nothing under way", () -> endpoint.sessions.stats().underWay() == 0);
            await("nothing watched", () -> endpoint.server.watchdog().watched() == 0);
            var streams = endpoint.sessions.stats().streams();
            assertEquals(streams.opened(), streams.ended().values().stream().mapToLong(n -> n).sum());
            assertEquals(0, endpoint.broadcaster.subscriberCount());
            assertEquals(0, endpoint.broadcaster.stats().waiting());
            assertEquals(0, endpoint.store.liveCount());
            assertEquals(0, endpoint.store.heldCount());
            assertEquals(0, endpoint.server.watchdog().freed());
            assertTrue(endpoint.server.close(Duration.ofSeconds(10)));
        }
    }

    private static List<Client> churn(Endpoint endpoint, Random random) throws IOException {
        var clients = new ArrayList<Client>();
        for (var i = 0; i < STREAMS_EACH; i++) clients.add(new Client(endpoint));
        for (var i = 0; i < STEPS_EACH; i++) clients.get(random.nextInt(STREAMS_EACH)).step(random.nextInt(6));
        return clients;
    }
}
