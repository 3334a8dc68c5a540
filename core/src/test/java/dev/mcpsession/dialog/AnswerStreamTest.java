package dev.mcpsession.dialog;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.dialog.TestReplica.cancel;
import static dev.mcpsession.dialog.TestReplica.response;
import static dev.mcpsession.dialog.TestReplica.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AnswerStreamTest {

    private static final Json ID = Json.Num.of(1);
    private static final Session ANN = session(Owner.principal("ann"));
    private static final String RESPONSE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"done\"}}";
    private static final String BEAT = ": keep-alive\n";

    @AutoClose
    private final StripedBroadcaster broadcaster = TestReplica.broadcaster(Duration.ofSeconds(15));

    @AutoClose
    private final TestReplica replica = new TestReplica(broadcaster);

    @AutoClose
    private final Threads threads = new Threads();

    private final TestChannel client = new TestChannel(true);

    private static TestReplica beating() {
        return new TestReplica(TestReplica.broadcaster(Duration.ofMillis(20)));
    }

    @Test
    void response_alone_isPlainJson() throws IOException {
        var answer = replica.answer(ANN, 1, client);

        answer.response(404, response(ID, "done"));
        answer.close();

        assertEquals("404 " + RESPONSE, client.written());
        assertThrows(IllegalStateException.class, () -> answer.response(response(ID, "again")));
        assertFalse(answer.notification("notifications/progress", Json.obj()));
        assertEquals(0, replica.requests().openAnswers());
    }

    @Test
    void notification_makesItAnEventStream() throws IOException {
        var answer = replica.answer(ANN, 1, client);

        assertTrue(answer.notification("notifications/progress", Json.obj().with("progress", 1)));
        answer.response(500, response(ID, "done"));

        assertEquals("event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progress\":1}}\n\n"
                + "event: message\ndata: " + RESPONSE + "\n\n", client.written());
        assertTrue(client.hasEnded());
    }

    @Test
    void notification_clientTakesJsonAlone_isDropped() throws IOException {
        var json = new TestChannel(false);
        var answer = replica.answer(ANN, 1, json);

        assertFalse(answer.notification("notifications/progress", Json.obj()));
        answer.response(response(ID, "done"));

        assertEquals("200 " + RESPONSE, json.written());
    }

    @Test
    void close_withoutResponse_isAnErrorOnceAStreamHasBegun() throws IOException {
        replica.answer(ANN, 1, client).close();
        assertEquals("", client.written());

        var begun = replica.answer(ANN, 2, client);
        begun.notification("notifications/progress", Json.obj());
        assertThrows(IOException.class, begun::close);
        assertFalse(client.hasEnded());
        assertEquals(0, replica.requests().openAnswers());
    }

    @Test
    void heartbeat_silentTool_beginsAStreamAndKeepsItAlive() throws IOException {
        try (var beating = beating()) {
            var answer = beating.answer(ANN, 1, client);
            await("two heartbeats", () -> client.written().startsWith(BEAT + BEAT));
            answer.response(response(ID, "done"));

            assertTrue(client.written().endsWith(BEAT + "event: message\ndata: " + RESPONSE + "\n\n"), client::written);
        }
    }

    @Test
    void heartbeat_clientThatDoesNotRead_holdsUpNobodyElse() throws Exception {
        try (var beating = beating()) {
            var stuck = new TestChannel(true);
            stuck.reading().lock();
            var stalled = beating.answer(ANN, 1, stuck);
            var answer = beating.answer(ANN, 2, client);

            await("many heartbeats", () -> client.written().length() > 5 * BEAT.length());
            assertEquals("", stuck.written());
            stuck.reading().unlock();
            stalled.response(response(ID, "done"));
            answer.response(response(ID, "done"));
            assertTrue(stuck.hasEnded() && client.hasEnded());
        }
    }

    @Test
    void heartbeat_clientGone_cancelsAStatelessCallAlone() throws Exception {
        try (var beating = beating()) {
            var cancelled = new CountDownLatch(1);
            var stateless = beating.statelessAnswer(client);
            stateless.onCancel(cancelled::countDown);
            var other = new TestChannel(true);
            var ofSession = beating.answer(ANN, 1, other);

            client.leave();
            other.leave();
            cancelled.await();

            await("the other to be noticed, too", () -> !ofSession.notification("notifications/progress", Json.obj()));
            assertFalse(ofSession.isCancelled());
            assertThrows(IOException.class, () -> ofSession.response(response(ID, "done")));
        }
    }

    @Test
    void interruptibly_cancelled_interruptsTheTaskAndNothingElse() throws Exception {
        var answer = replica.answer(ANN, 1, client);
        var working = new CountDownLatch(1);
        var result = threads.start(() -> {
            assertThrows(InterruptedException.class, () -> answer.interruptibly(() -> {
                working.countDown();
                Thread.sleep(TestReplica.LONG);
                return null;
            }));
            assertFalse(Thread.currentThread().isInterrupted());
            assertThrows(InterruptedException.class, () -> answer.interruptibly(() -> "again"));
            answer.response(response(ID, "done"));
            return true;
        });
        working.await();
        replica.deliver(ANN, cancel(ID));

        assertTrue(result.get());
        assertEquals("", client.written());
        assertTrue(client.hasEnded());
    }

    @Test
    void interruptibly_taskThatWritesWhileInterrupted_doesNotCutItsStream() throws Exception {
        var answer = replica.answer(ANN, 1, client);
        var isStillInterrupted = threads.start(() -> answer.interruptibly(() -> {
            answer.cancel();
            assertTrue(answer.notification("notifications/progress", Json.obj()));
            return Thread.currentThread().isInterrupted();
        }));

        assertTrue(isStillInterrupted.get());
        assertFalse(client.wasInterrupted());
    }

    @Test
    void cancel_completeOrUnknown_changesNothing() throws Exception {
        var answer = replica.answer(ANN, 1, client);
        replica.deliver(ANN, cancel(Json.Num.of(2)));
        replica.deliver(ANN, Json.obj().with("method", "notifications/cancelled"));
        answer.response(response(ID, "done"));
        replica.deliver(ANN, cancel(ID));

        assertFalse(answer.isCancelled());
        assertEquals("200 " + RESPONSE, client.written());
    }

    @Test
    void response_cancelledClientOfJsonAlone_isSent() throws Exception {
        var json = new TestChannel(false);
        var answer = replica.answer(ANN, 1, json);
        answer.cancel();

        answer.response(response(ID, "done"));

        assertEquals("200 " + RESPONSE, json.written());
    }

    @Test
    void onCancel_afterwards_runsAtOnce() {
        var answer = replica.answer(ANN, 1, client);
        answer.onCancel(() -> {
            throw new IllegalStateException("an action that fails, as this test wants it");
        });
        answer.cancel();
        var ran = new CountDownLatch(1);

        answer.onCancel(ran::countDown);

        assertEquals(0, ran.getCount());
    }
}
