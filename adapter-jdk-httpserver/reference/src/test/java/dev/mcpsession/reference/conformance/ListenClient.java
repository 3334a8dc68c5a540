package dev.mcpsession.reference.conformance;

import static dev.mcpsession.reference.conformance.Stage.BOARD;
import static dev.mcpsession.reference.conformance.Stage.await;
import static dev.mcpsession.reference.conformance.Stage.requireEqual;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A client of 2026-07-28, which has no session, and receives events by a listen.
///
/// A listen cannot be resumed. When it ends, the application starts a new one, and receives the newest of each signal published in between.
final class ListenClient {

    private static final Json.Obj FILTER = Json.obj().with("toolsListChanged", true).with("resourceSubscriptions", Json.arr(new Json.Str(BOARD)));
    private static final int SIGNALS = 50;
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Stage stage;

    private ListenClient(Stage stage) {
        this.stage = stage;
    }

    static void play(Stage stage, Clients.Checks checks) {
        var client = new ListenClient(stage);
        checks.check("discovers and agrees on 2026-07-28", client::connects);
        checks.check("calls tools, without a session", client::calls);
        checks.check("listens, and has all that it asked for granted", client::listens);
        checks.check("receives every signal that it asked for, in order", client::receives);
        checks.check("is cut off, is told, and hears the newest of each signal when it listens anew", client::isCutOff);
        checks.check("has its listen ended with a result, and hears the newest of each signal when it listens anew", client::isDrained);
        checks.check("got nothing else, and nothing twice", client::gotNoMore);
        checks.check("stops to listen, and the server knows", client::stops);
    }

    private void connects() throws IOException, InterruptedException {
        requireEqual("2026-07-28", stage.connect(Json.obj().with("mode", "auto")));
    }

    private void calls() throws IOException, InterruptedException {
        requireEqual("héllo", stage.call("echo", Json.obj().with("text", "héllo")));
        requireEqual("written", stage.call("write_board", Json.obj().with("text", "before anybody listens")));
        requireEqual(0, stage.server.backend().store().list().size());
    }

    /// The client is immediately notified of the board that was written just before, by an event without a number.
    private void listens() throws IOException, InterruptedException {
        listen();
        requireEqual("notifications/resources/updated", stage.client.notification().string("method").orElseThrow());
    }

    private void listen() throws IOException, InterruptedException {
        requireEqual(FILTER, stage.client.does("listen", Json.obj().with("filter", FILTER)));
    }

    private void receives() throws InterruptedException {
        for (var i = 0; i < SIGNALS; i++) {
            stage.publishSignals();
            stage.publish("notifications/prompts/list_changed", Json.obj(), false);
        }
        stage.receiveAll();
    }

    private void isCutOff() throws IOException, InterruptedException {
        stage.network.cut();
        stage.network.mend();
        requireEqual("remote", stage.client.listenEnd());
        hearsWhatItMissed();
        publishUntilStreamsAre(1, true);
        stage.receiveAll();
    }

    private void isDrained() throws IOException, InterruptedException {
        stage.drain();
        requireEqual("graceful", stage.client.listenEnd());
        hearsWhatItMissed();
    }

    private void hearsWhatItMissed() throws IOException, InterruptedException {
        stage.publish("notifications/tools/list_changed", Json.obj(), false);
        stage.publish("notifications/tools/list_changed", Json.obj(), false);
        stage.publishSignals();
        stage.awaitReplicas();
        listen();
        stage.receiveAll();
    }

    private void gotNoMore() throws IOException, InterruptedException {
        stage.call("echo", Json.obj().with("text", "so that the client has read what it was sent before"));
        stage.receiveNoMore();
    }

    private void stops() throws IOException, InterruptedException {
        stage.client.does("stopListening", Json.obj());
        requireEqual("local", stage.client.listenEnd());
        publishUntilStreamsAre(0, false);
    }

    /// Publishes repeatedly, because the server notices only when it writes that a client has left.
    private void publishUntilStreamsAre(int count, boolean isHeard) {
        await("streams to be " + count, () -> {
            stage.publish("notifications/tools/list_changed", Json.obj(), isHeard);
            LockSupport.parkNanos(PAUSE.toNanos());
            return stage.server.subscribers() == count;
        });
    }
}
