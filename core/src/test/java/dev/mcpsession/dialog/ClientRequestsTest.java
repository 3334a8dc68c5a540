package dev.mcpsession.dialog;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.dialog.TestReplica.ELICIT;
import static dev.mcpsession.dialog.TestReplica.LONG;
import static dev.mcpsession.dialog.TestReplica.PARAMS;
import static dev.mcpsession.dialog.TestReplica.cancel;
import static dev.mcpsession.dialog.TestReplica.response;
import static dev.mcpsession.dialog.TestReplica.session;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Caller;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two replicas that share a broadcaster: `here` asks, and the response comes here or to `there`.
@Timeout(60)
class ClientRequestsTest {

    private static final Owner ANN = Owner.principal("ann");

    private final StripedBroadcaster broadcaster = TestReplica.broadcaster(Duration.ofSeconds(15));

    @AutoClose
    private final TestReplica here = new TestReplica(broadcaster);

    @AutoClose
    private final TestReplica there = new TestReplica(broadcaster);

    @AutoClose
    private final Threads threads = new Threads();

    private final TestChannel client = new TestChannel(true);

    private Future<Outcome> ask(AnswerStream call) {
        return threads.start(() -> here.requests().ask(call, ELICIT, PARAMS, LONG));
    }

    private static Json id(Json.Obj message) {
        return message.get("id").orElseThrow();
    }

    private static Outcome answered(String text) {
        return new Outcome.Answered(Json.obj().with("text", text));
    }

    /// All requests of this replica have ended, and were counted by how.
    private void assertEnded(Map<Outcome.Kind, Long> expected) {
        var stats = here.requests().stats();
        assertEquals(0, stats.openRequests());
        stats.asked().forEach((end, count) -> assertEquals(expected.getOrDefault(end, 0L), count, end::name));
    }

    @Test
    void ask_answeredHereOrThere_returnsTheResult() throws Exception {
        var ann = session(ANN);
        var call = here.answer(ann, 1, client);
        for (var replica : List.of(here, there)) {
            var outcome = ask(call);
            var request = client.next();
            replica.deliver(ann, response(id(request), "yes"));

            assertEquals(answered("yes"), outcome.get());
            assertEquals(Json.obj().with("jsonrpc", "2.0").with("id", id(request)).with("method", ELICIT).with("params", PARAMS), request);
        }
        call.response(response(Json.Num.of(1), "done"));

        assertEquals("done", client.next().object("result").orElseThrow().string("text").orElseThrow());
        assertTrue(client.hasEnded());
        assertEquals(0, here.requests().openRequests() + here.requests().openAnswers());
    }

    @Test
    void ask_answeredWithAnError_isRefused() throws Exception {
        var ann = session(ANN);
        var error = Json.obj().with("code", -1).with("message", "User rejected it");
        var outcome = ask(here.answer(ann, 1, client));

        there.deliver(ann, Json.obj().with("jsonrpc", "2.0").with("id", id(client.next())).with("error", error));

        assertEquals(new Outcome.Refused(error), outcome.get());
    }

    @Test
    void deliver_whatAnswersNothing_changesNothing() throws Exception {
        var ann = session(ANN);
        var bob = session(Owner.principal("bob"));
        var other = session(ANN);
        var outcome = ask(here.answer(ann, 1, client));
        var id = id(client.next());
        for (var replica : List.of(here, there)) {
            replica.deliver(bob, response(id, "of another owner"));
            replica.deliver(other, response(id, "of another session"));
            replica.deliver(bob.owner(), ann, response(id, "of another owner, who knows the session"));
            replica.deliver(ann, response(new Json.Str("ask-AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"), "never given"));
            replica.deliver(ann, response(Json.Num.of(1), "not of an ask"));
            replica.deliver(ann, Json.obj().with("id", id).with("result", "not an object"));
            replica.deliver(ann, Json.obj().with("id", id).with("error", Json.obj().with("code", "none")));
            replica.deliver(ann, response(id, "both").with("error", Json.obj().with("code", 1).with("message", "x")));
            replica.deliver(ann, response(id, "a request").with("method", "ping"));
            replica.deliver(ann, cancel(id));
            replica.requests().deliver(Caller.current(), response(id, "outside a session"));
        }
        assertFalse(outcome.isDone());

        there.deliver(ann, response(id, "first"));
        there.deliver(ann, response(id, "second"));
        here.deliver(ann, response(id, "third"));

        assertEquals(answered("first"), outcome.get());
    }

    @Test
    void deliver_tooLarge_throwsAndChangesNothing() throws Exception {
        var small = new TestReplica(broadcaster, builder -> builder.maxMessageBytes(200));
        var ann = session(ANN);
        var call = small.answer(ann, 1, client);
        var outcome = threads.start(() -> small.requests().ask(call, ELICIT, PARAMS, LONG));
        var id = id(client.next());

        var failure = assertThrows(IllegalArgumentException.class, () -> small.deliver(ann, response(id, "x".repeat(200))));
        assertTrue(failure.getMessage().startsWith("message must be at most 200 bytes: "), failure::getMessage);
        small.deliver(ann, response(id, "small"));

        assertEquals(answered("small"), outcome.get());
        assertThrows(IllegalArgumentException.class,
                () -> small.requests().ask(call, ELICIT, Json.obj().with("message", "x".repeat(200)), LONG));
        small.close();
    }

    @Test
    void ask_ids_areAllDifferent() throws Exception {
        var ids = new HashSet<Json>();
        for (var i = 0; i < 100; i++) {
            var ann = session(ANN);
            var outcome = ask(here.answer(ann, 1, client));
            var id = id(client.next());
            ids.add(id);
            here.deliver(ann, response(id, "ok"));
            outcome.get();
        }
        assertEquals(100, ids.size());
    }

    @Test
    void ask_unanswered_timesOutAndTellsTheClient() throws Exception {
        var call = here.answer(session(ANN), 1, client);

        assertEquals(new Outcome.TimedOut(), here.requests().ask(call, ELICIT, PARAMS, Duration.ofMillis(20)));

        var id = id(client.next());
        assertEquals(Json.obj().with("jsonrpc", "2.0").with("method", "notifications/cancelled")
                .with("params", Json.obj().with("requestId", id)), client.next());
        assertEnded(Map.of(Outcome.Kind.TIMED_OUT, 1L));
    }

    @Test
    void ask_sessionOrOwnerEndedAnywhere_ends() throws Exception {
        var ann = session(ANN);
        var outcome = ask(here.answer(ann, 1, client));
        client.next();
        broadcaster.endSessions(List.of(session(ANN).id(), ann.id()));
        assertEquals(new Outcome.SessionEnded(), outcome.get());
        client.next();

        outcome = ask(here.answer(session(ANN), 1, client));
        client.next();
        broadcaster.endOwner(Owner.principal("bob"));
        assertFalse(outcome.isDone());
        broadcaster.endOwner(ANN);
        assertEquals(new Outcome.SessionEnded(), outcome.get());
    }

    @Test
    void ask_drainingAndClosed_endsNowAndLater() throws Exception {
        var call = here.answer(session(ANN), 1, client);
        var outcome = ask(call);
        client.next();
        here.requests().drain();
        assertEquals(new Outcome.Draining(), outcome.get());
        client.next(); // that it need not answer
        assertEquals(new Outcome.Draining(), here.requests().ask(call, ELICIT, PARAMS, LONG));

        here.close();
        assertEquals(new Outcome.Closed(), here.requests().ask(call, ELICIT, PARAMS, LONG));
        call.cancel();
        assertEquals(new Outcome.Closed(), here.requests().ask(call, ELICIT, PARAMS, LONG));
        assertEquals(List.of(), client.unread());
        assertEnded(Map.of(Outcome.Kind.DRAINING, 2L, Outcome.Kind.CLOSED, 2L));
    }

    @Test
    void ask_whereNobodyCanAnswer_saysWhy() throws Exception {
        var requests = here.requests();
        assertEquals(new Outcome.NotAskable("request must be of a revision with sessions"),
                requests.ask(here.statelessAnswer(client), ELICIT, PARAMS, LONG));
        assertEquals(new Outcome.NotAskable("client must accept text/event-stream"),
                requests.ask(here.answer(session(ANN), 1, new TestChannel(false)), ELICIT, PARAMS, LONG));
        assertEquals(new Outcome.NotAskable("client must declare the capability elicitation"),
                requests.ask(here.answer(session(ANN, "{}"), 1, client), ELICIT, PARAMS, LONG));
        client.leave();
        assertEquals(new Outcome.NotAskable("client must keep the answer's stream open"),
                requests.ask(here.answer(session(ANN), 1, client), ELICIT, PARAMS, LONG));
        assertEnded(Map.of(Outcome.Kind.NOT_ASKABLE, 3L, Outcome.Kind.CLIENT_GONE, 1L));
        assertEquals(List.of(), client.unread());
    }

    @Test
    void ask_beyondTheLimits_throws() throws Exception {
        var small = new TestReplica(broadcaster, builder -> builder.maxOpen(3).maxOpenPerSession(2));
        var ann = session(ANN);
        var call = small.answer(ann, 1, client);
        var others = small.answer(session(ANN), 1, client);
        for (var i = 0; i < 2; i++) threads.start(() -> small.requests().ask(call, ELICIT, PARAMS, LONG));
        await("two requests", () -> client.unread().size() == 2);

        assertEquals("session must have at most 2 open requests to its client", assertThrows(TooManyRequestsException.class,
                () -> small.requests().ask(call, ELICIT, PARAMS, LONG)).getMessage());
        threads.start(() -> small.requests().ask(others, ELICIT, PARAMS, LONG));
        await("three requests", () -> small.requests().openRequests() == 3);
        assertEquals("process must have at most 3 open requests to clients", assertThrows(TooManyRequestsException.class,
                () -> small.requests().ask(others, ELICIT, PARAMS, LONG)).getMessage());

        assertEquals(2, small.requests().stats().asked().get(Outcome.Kind.TOO_MANY));
        small.close();
        await("no requests", () -> small.requests().openRequests() == 0);
    }

    @Test
    void cancel_hereOrThere_endsTheAskAndRunsTheCallback() throws Exception {
        for (var replica : List.of(here, there)) {
            var ann = session(ANN);
            var other = session(ANN);
            var call = here.answer(ann, 7, client);
            var cancelled = new CountDownLatch(1);
            call.onCancel(cancelled::countDown);
            var outcome = ask(call);
            var id = id(client.next());

            replica.deliver(other, cancel(Json.Num.of(7)));
            replica.deliver(ann, cancel(new Json.Str("7")));
            assertFalse(call.isCancelled());
            replica.deliver(ann, cancel(Json.Num.of(7)));

            assertEquals(new Outcome.Cancelled(), outcome.get());
            cancelled.await();
            assertEquals(Json.obj().with("requestId", id), client.next().object("params").orElseThrow());
            call.response(response(Json.Num.of(7), "too late"));
            assertEquals(List.of(), client.unread());
            assertTrue(client.hasEnded());
        }
    }

    /// The invariant: each ask gets the answer that was given to its own id, and no other.
    @Test
    void ask_many_eachGetsItsOwnAnswer() throws Exception {
        var sessions = IntStream.range(0, 16).mapToObj(_ -> session(ANN)).toList();
        var replicas = List.of(here, there);
        var outcomes = new ArrayList<Future<Outcome>>();
        var asked = 400;
        for (var i = 0; i < asked; i++) {
            var text = Integer.toString(i);
            var own = sessions.get(i % sessions.size());
            outcomes.add(threads.start(() -> askAndAnswer(replicas, own, text)));
        }

        for (var i = 0; i < asked; i++) assertEquals(answered(Integer.toString(i)), outcomes.get(i).get());
        assertEquals(Set.of(0), new HashSet<>(List.of(here.requests().openRequests(), there.requests().openRequests())));
    }

    private Outcome askAndAnswer(List<TestReplica> replicas, Session own, String text) throws Exception {
        var channel = new TestChannel(true);
        var random = ThreadLocalRandom.current();
        var asking = replicas.get(random.nextInt(2));
        try (var call = asking.answer(own, 1, channel)) {
            threads.start(() -> {
                replicas.get(random.nextInt(2)).deliver(own, response(id(channel.next()), text));
                return null;
            });
            var outcome = asking.requests().ask(call, ELICIT, PARAMS, LONG);
            call.response(Json.obj());
            return outcome;
        }
    }
}
