package dev.mcpsession.reference.conformance;

import static dev.mcpsession.reference.conformance.Stage.require;
import static dev.mcpsession.reference.conformance.Stage.requireEqual;

import dev.mcpsession.reference.conformance.MatrixClient.Hears;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Tests one client. Used by one thread.
///
/// The client connects, lists and calls tools, receives events, is idle for 400 heartbeats and receives events again, is cut off, and ends
/// its session. Every wait is limited, so a client that hangs has an outcome, too.
final class Trial {

    private static final int EVENTS = 3;
    private static final int HEARTBEATS = 400;
    private static final String LIST_CHANGED = "notifications/tools/list_changed";
    private static final Json.Obj FILTER = Json.obj().with("toolsListChanged", true);

    private static final Duration TO_START = Duration.ofSeconds(60);
    private static final Duration TO_OPEN = Duration.ofSeconds(20);
    private static final Duration TO_HEAR = Duration.ofSeconds(10);
    private static final Duration TO_BEAT = Duration.ofSeconds(60);
    /// Longer than the 5 s that LangChain4j waits.
    private static final Duration TO_COME_BACK = Duration.ofSeconds(12);

    private final MatrixClient subject;
    private final Stage stage;
    private Outcome outcome = Outcome.UNSEEN;

    private Trial(MatrixClient subject, Stage stage) {
        this.subject = subject;
        this.stage = stage;
    }

    /// The result of a trial.
    ///
    /// @param outcome the observations
    /// @param trouble why the trial ended early, with the client's last output
    record Report(Outcome outcome, Optional<String> trouble) {}

    /// Runs the whole trial.
    static Report full(MatrixClient subject, Stage stage) {
        return new Trial(subject, stage).run(Trial::all);
    }

    /// Runs the trial up to the calls, or until the client reports that it cannot connect.
    static Report ofCalls(MatrixClient subject, Stage stage) {
        return new Trial(subject, stage).run(Trial::callsIfItCan);
    }

    /// Runs the trial up to the first events.
    static Report ofFirstEvents(MatrixClient subject, Stage stage) {
        return new Trial(subject, stage).run(Trial::firstEvents);
    }

    /// Runs the trial up to the events after the idle time.
    static Report ofLaterEvents(MatrixClient subject, Stage stage) {
        return new Trial(subject, stage).run(Trial::laterEvents);
    }

    private interface Steps {

        void take(Trial trial) throws IOException, InterruptedException;
    }

    private Report run(Steps steps) {
        try {
            steps.take(this);
            return new Report(outcome, Optional.empty());
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            var said = String.join("\n             client: ", stage.client.troubles());
            return new Report(outcome, Optional.of(e.getMessage() + "\n             client: " + said));
        }
    }

    private void all() throws IOException, InterruptedException {
        laterEvents();
        saw(Column.AFTER_CUT, subject.hears() == Hears.NOTHING ? opensNothing() : isCutOff());
        saw(Column.ENDS, ends());
    }

    private void callsIfItCan() throws IOException, InterruptedException {
        try {
            connects();
        } catch (ScriptedClient.Failed _) {
            saw(Column.REVISION, Outcome.CANNOT_CONNECT);
            return;
        }
        calls();
    }

    private void laterEvents() throws IOException, InterruptedException {
        firstEvents();
        requireEqual(subject.expected().get(Column.HEARS), outcome.get(Column.HEARS));
        saw(Column.HEARS_LATER, subject.hears() == Hears.NOTHING ? opensNothing() : hearsLater());
    }

    private void firstEvents() throws IOException, InterruptedException {
        connects();
        calls();
        saw(Column.HEARS, subject.hears() == Hears.NOTHING ? opensNothing() : hearsFirst());
    }

    private void saw(Column column, String what) {
        outcome = outcome.with(column, what);
    }

    private void connects() throws IOException, InterruptedException {
        stage.client.does("connect", Json.obj().with("url", stage.network.uri("/mcp").toString()).with("mode", mode()), TO_START);
        var sessions = stage.server.backend().store().list();
        saw(Column.REVISION, sessions.isEmpty() ? "2026-07-28" : sessions.getFirst().client().protocolVersion());
    }

    private Json mode() {
        return subject.mode().startsWith("20") ? Json.obj().with("pin", subject.mode()) : new Json.Str(subject.mode());
    }

    private void calls() throws IOException, InterruptedException {
        var tools = stage.client.does("list", Json.obj());
        require(tools.toString().matches("[1-9][0-9]*"), "must list tools: " + tools);
        call();
        saw(Column.CALLS, Outcome.CALLS);
    }

    private void call() throws IOException, InterruptedException {
        requireEqual("hello", stage.call("echo", Json.obj().with("text", "hello")));
    }

    private String hearsFirst() throws IOException, InterruptedException {
        if (subject.hears() == Hears.LISTEN) listen();
        else require(comes(TO_OPEN, () -> openedStreams() > 0), "no stream was opened within " + TO_OPEN);
        return hears(EVENTS);
    }

    private String opensNothing() throws IOException, InterruptedException {
        return openedStreams() == 0 ? Outcome.NOT_THERE : "opens a stream";
    }

    private void listen() throws IOException, InterruptedException {
        requireEqual(FILTER, stage.client.does("listen", Json.obj().with("filter", FILTER)));
    }

    private String hears(int more) throws IOException, InterruptedException {
        publish(more);
        var heard = 0;
        while (heard < EVENTS && stage.client.notification(TO_HEAR).isPresent()) heard++;
        call(); // so that it has also read what should not have been sent
        while (stage.client.moreNotifications().isPresent()) heard++;
        return heard + " of " + EVENTS;
    }

    private void publish(int count) throws IOException, InterruptedException {
        for (var i = 0; i < count; i++) {
            requireEqual(202, stage.server.publish("{\"method\":\"" + LIST_CHANGED + "\"}").statusCode());
        }
    }

    private String hearsLater() throws IOException, InterruptedException {
        var enough = stage.network.heartbeats() + HEARTBEATS;
        require(comes(TO_BEAT, () -> stage.network.heartbeats() >= enough), "there were no " + HEARTBEATS + " heartbeats in " + TO_BEAT);
        return hears(EVENTS);
    }

    /// Cuts the network, and publishes the first event while the client is disconnected.
    private String isCutOff() throws IOException, InterruptedException {
        var streams = openedStreams();
        var requests = stage.network.openings().size();
        stage.network.cutStreamsLast();
        publish(1);
        stage.network.mend();
        if (subject.hears() == Hears.LISTEN) {
            requireEqual("remote", stage.client.listenEnd());
            listen();
            return Outcome.LISTENS_AGAIN + hears(EVENTS - 1);
        }
        if (!comes(TO_COME_BACK, () -> openedStreams() > streams)) {
            call();
            return Outcome.STAYS_AWAY;
        }
        var isResumed = stage.network.openings().stream().skip(requests).anyMatch(opening -> !opening.lastEventId().isEmpty());
        return (isResumed ? Outcome.RESUMES : Outcome.REOPENS) + hears(EVENTS - 1);
    }

    /// The number of streams that the server has opened.
    private long openedStreams() throws IOException, InterruptedException {
        return stage.server.streamsOpened();
    }

    private String ends() throws IOException, InterruptedException {
        var store = stage.server.backend().store();
        if (store.list().isEmpty()) return Outcome.NOT_THERE;
        stage.client.does("end", Json.obj());
        return comes(TO_HEAR, () -> store.list().isEmpty()) ? Outcome.DELETES : Outcome.LEAVES;
    }

    private interface Condition {

        boolean holds() throws IOException, InterruptedException;
    }

    private static boolean comes(Duration patience, Condition condition) throws IOException, InterruptedException {
        var deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline >= 0) return false;
            LockSupport.parkNanos(10_000_000);
        }
        return true;
    }
}
