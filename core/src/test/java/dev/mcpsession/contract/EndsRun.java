package dev.mcpsession.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import dev.mcpsession.http.Decision;
import dev.mcpsession.http.StreamEnd;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Ends streams in every way and on every replica: events published before the end are delivered, later ones are not.
final class EndsRun implements AutoCloseable {

    private static final String TOOLS = "notifications/tools/list_changed";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final List<SeamContract.Replica> replicas;
    private final Consumer<Duration> elapse;
    private int count;

    EndsRun(List<SeamContract.Replica> replicas, Consumer<Duration> elapse) {
        this.replicas = replicas;
        this.elapse = elapse;
    }

    /// One way in which streams end.
    enum Way { DELETED, ENDED_BY_APPLICATION, LOGGED_OUT, EXPIRED, REVIVED_AND_DELETED, TAKEN_OVER, GIVEN_UP }

    void round(Way way) throws Exception {
        var name = "owner" + count++;
        var id = newSession(name);
        if (way == Way.REVIVED_AND_DELETED) endThenExpire(id, name);
        var stream = new Reading(SeamRequest.get(id, name));
        var listen = new Reading(SeamRequest.listen(name, "{\"toolsListChanged\":true}"));
        var replica = any();
        before(replica, id, name, List.of(stream, listen));

        switch (way) {
            case DELETED, REVIVED_AND_DELETED -> assertEquals(204, reply(replica, SeamRequest.delete(id, name)).status());
            case ENDED_BY_APPLICATION -> assertTrue(replica.handler().endSession(id));
            case LOGGED_OUT -> assertEquals(1, replica.handler().deleteAll(Owner.principal(name)));
            case EXPIRED -> sweep(replica, id);
            case TAKEN_OVER -> new Reading(after(id, name, stream.last()), replica);
            case GIVEN_UP -> giveUp(replica, id, name);
        }
        replica.broadcaster().publish(Event.of("test/after").to(id));
        replica.broadcaster().publish(Event.of(TOOLS, Json.obj().with("when", "after")).to(Owner.principal(name)));

        if (way == Way.GIVEN_UP) {
            getsAllTheSame(stream, id, name);
        } else {
            assertEquals(way == Way.TAKEN_OVER ? StreamEnd.TAKEN_OVER : StreamEnd.SESSION_ENDED, stream.end(), () -> way + ", " + this);
            assertFalse(stream.text().contains("after"), () -> way + ": " + stream.text() + ", " + this);
        }
        if (way == Way.LOGGED_OUT) {
            assertEquals(StreamEnd.OWNER_ENDED, listen.end());
            assertFalse(listen.text().contains("after"), () -> listen.text() + ", " + this);
            assertTrue(listen.text().contains("\"result\""), listen::text);
        } else {
            listen.await(() -> listen.text().contains("after"));
        }
        replica.handler().deleteAll(Owner.principal(name));
    }

    private SessionId newSession(String name) {
        var id = SessionId.random();
        var store = any().store();
        store.create(id, Owner.principal(name), new Client("2025-11-25", "a client", Json.obj()));
        assertTrue(store.touch(id));
        return id;
    }

    private void before(SeamContract.Replica replica, SessionId id, String name, List<Reading> readers) {
        replica.broadcaster().publish(Event.of("test/before").to(id));
        replica.broadcaster().publish(Event.of(TOOLS, Json.obj().with("when", "before")).to(Owner.principal(name)));
        for (var reader : readers) reader.await(() -> reader.text().contains("\"when\":\"before\""));
        assertTrue(readers.getFirst().text().contains("test/before"));
    }

    /// Publishes the session's end from a replica, before the owner revives the session by opening the next stream.
    private void endThenExpire(SessionId id, String name) throws Exception {
        var stream = new Reading(SeamRequest.get(id, name));
        var replica = any();
        before(replica, id, name, List.of(stream));
        sweep(replica, id);
        assertEquals(StreamEnd.SESSION_ENDED, stream.end());
    }

    /// Sweeps like the session keeper.
    private void sweep(SeamContract.Replica replica, SessionId id) {
        elapse.accept(replica.store().policy().ttl());
        replica.broadcaster().endSessions(replica.store().deleteExpired());
        replica.broadcaster().endSessions(Set.of(id));
    }

    private void giveUp(SeamContract.Replica replica, SessionId id, String name) throws Exception {
        threads.submit(() -> {
            Thread.currentThread().interrupt();
            if (replica.handler().decide(SeamRequest.get(id, name)) instanceof Decision.Stream(_, var opened)) opened.close();
            return null;
        }).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /// The stream stays open, or its client reconnects: either way it misses nothing.
    private void getsAllTheSame(Reading stream, SessionId id, String name) throws Exception {
        stream.await(() -> stream.ending.isDone() || stream.text().contains("\"when\":\"after\""));
        if (!stream.ending.isDone()) return;
        var next = new Reading(after(id, name, stream.last()));
        next.await(() -> (stream.text() + next.text()).contains("\"when\":\"after\""));
        assertTrue((stream.text() + next.text()).contains("test/after"));
        assertFalse(next.text().contains("before"));
    }

    private SeamContract.Replica any() {
        return replicas.get(random.nextInt(replicas.size()));
    }

    private static SeamRequest after(SessionId id, String name, Optional<EventId> last) {
        return last.map(position -> SeamRequest.get(id, name, position)).orElseGet(() -> SeamRequest.get(id, name));
    }

    private static Decision.Reply reply(SeamContract.Replica replica, SeamRequest ask) throws IOException {
        return assertInstanceOf(Decision.Reply.class, replica.handler().decide(ask));
    }

    @Override
    public String toString() {
        return "seed " + seed;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /// A client that reads a stream.
    private final class Reading {

        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final Future<StreamEnd> ending;

        Reading(SeamRequest ask) throws IOException {
            this(ask, any());
        }

        Reading(SeamRequest ask, SeamContract.Replica replica) throws IOException {
            var opened = assertInstanceOf(Decision.Stream.class, replica.handler().decide(ask), () -> EndsRun.this.toString());
            ending = threads.submit(() -> opened.stream().writeTo(body));
        }

        String text() {
            return body.toString(UTF_8);
        }

        /// The id of the last event received.
        Optional<EventId> last() {
            return text().lines().filter(line -> line.startsWith("id: ")).map(line -> line.substring("id: ".length())).reduce((_, id) -> id)
                    .flatMap(EventId::parse);
        }

        StreamEnd end() throws Exception {
            return ending.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        void await(BooleanSupplier done) {
            Await.await(() -> text() + ", " + EndsRun.this, PATIENCE, done);
        }
    }
}
