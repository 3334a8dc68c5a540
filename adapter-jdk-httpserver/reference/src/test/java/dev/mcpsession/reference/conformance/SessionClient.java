package dev.mcpsession.reference.conformance;

import static dev.mcpsession.reference.conformance.Stage.await;
import static dev.mcpsession.reference.conformance.Stage.require;
import static dev.mcpsession.reference.conformance.Stage.requireEqual;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A client with a session and its one event stream, of 2025-11-25.
///
/// Its connections are cut while idle, before the first event, and during bursts. It must reconnect by itself, and receive what was
/// published meanwhile.
final class SessionClient {

    private static final int EACH = 10;
    private static final int CUTS = 3;
    private static final int BURST = 50;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Stage stage;

    private SessionClient(Stage stage) {
        this.stage = stage;
    }

    static void play(Stage stage, Clients.Checks checks) {
        var client = new SessionClient(stage);
        checks.check("connects and agrees on 2025-11-25", client::connects);
        checks.check("calls tools, which find its session", client::calls);
        checks.check("receives every notification, in order", client::receives);
        checks.check("is cut off, and resumes behind its last event id", client::isCutOff);
        checks.check("is cut off twice with nothing between, and misses nothing", client::isCutOffTwice);
        checks.check("is cut off again and again while events come, and misses nothing", client::isCutOffInABurst);
        checks.check("has its stream drained, waits as long as it was told by retry, and resumes", client::isDrained);
        checks.check("still has its session, and got nothing twice", client::keepsItsSession);
        checks.check("ends its session", client::ends);
    }

    private void connects() throws IOException, InterruptedException {
        requireEqual("2025-11-25", stage.connect(Json.obj().with("mode", "legacy")));
        stage.awaitStreams(1);
        await("the stream to begin", () -> stage.network.begunStreams() == 1);
    }

    private void calls() throws IOException, InterruptedException {
        requireEqual("héllo", stage.call("echo", Json.obj().with("text", "héllo")));
        requireEqual("remembered", stage.call("remember", Json.obj().with("key", "colour").with("value", "green")));
        requireEqual("green", stage.call("recall", Json.obj().with("key", "colour")));
    }

    private void receives() throws IOException, InterruptedException {
        stage.client.does("subscribe", Json.obj().with("uri", Stage.BOARD));
        stage.publishAll(EACH);
        stage.receiveAll();
    }

    private void isCutOff() throws InterruptedException {
        var before = stage.network.openings().size();
        stage.network.cut();
        stage.publishAll(EACH);
        stage.network.mend();
        stage.receiveAll();
        resumed(before);
    }

    private void resumed(int before) {
        var opening = stage.network.openings().get(before);
        require(!opening.lastEventId().isEmpty(), "the stream must be opened with Last-Event-ID: " + opening);
    }

    /// Cuts the network briefly, and waits until the client's next stream has begun.
    private void isCutOffForAMoment() {
        var begun = stage.network.begunStreams();
        stage.network.cut();
        stage.network.mend();
        await("the stream to begin", () -> stage.network.begunStreams() > begun);
    }

    /// A resumed stream must state its position, because the client tracks its position per stream.
    private void isCutOffTwice() throws IOException, InterruptedException {
        for (var cut = 0; cut < 2; cut++) {
            var before = stage.network.openings().size();
            isCutOffForAMoment();
            stage.call("echo", Json.obj().with("text", "so that the client has read what it was sent before"));
            resumed(before);
        }
        isCutOff();
    }

    private void isCutOffInABurst() throws InterruptedException {
        for (var cut = 0; cut < CUTS; cut++) {
            var before = stage.network.openings().size();
            stage.publishAll(BURST);
            stage.network.cut();
            stage.publishAll(BURST);
            stage.network.mend();
            publishUntilBack(before);
            stage.publishAll(BURST);
            stage.receiveAll();
            resumed(before);
        }
    }

    /// Publishes slowly enough that the log still has all of it when the client returns.
    private void publishUntilBack(int before) {
        await("the stream to be opened", () -> {
            stage.publishAll(1);
            LockSupport.parkNanos(PAUSE.toNanos());
            return stage.network.openings().size() > before;
        });
    }

    private void isDrained() throws IOException, InterruptedException {
        var before = stage.network.openings().size();
        require(stage.network.retryMillis().isEmpty(), "there must be no retry before an end: " + stage.network.retryMillis());
        var drained = System.nanoTime();
        stage.drain();
        stage.publishAll(EACH);
        stage.receiveAll();
        resumed(before);
        waited(drained, stage.network.openings().get(before).at());
    }

    private void waited(long from, long to) {
        var told = Duration.ofMillis(stage.network.retryMillis().orElseThrow(() -> new AssertionError("there was no retry")));
        var waited = Duration.ofNanos(to - from);
        require(waited.plusMillis(20).compareTo(told) >= 0, "waited " + waited + " and was told " + told);
    }

    private void keepsItsSession() throws IOException, InterruptedException {
        requireEqual("green", stage.call("recall", Json.obj().with("key", "colour")));
        requireEqual(1, stage.server.backend().store().list().size());
        stage.receiveNoMore();
    }

    private void ends() throws IOException, InterruptedException {
        stage.client.does("end", Json.obj());
        await("the session to be gone", () -> stage.server.backend().store().list().isEmpty());
        stage.awaitStreams(0);
    }
}
