package dev.mcpsession.reference.conformance;

import dev.mcpsession.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client in a process of its own, which does what it is told, and tells what comes of it, in lines of JSON.
final class ScriptedClient implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_TROUBLES = 20;

    private final String name;
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<Json.Obj> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Json.Obj> notifications = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> listenEnds = new LinkedBlockingQueue<>();
    private final List<String> troubles = new ArrayList<>();

    /// @param name    names it in messages
    /// @param process is killed with it
    ScriptedClient(String name, Process process) {
        this.name = name;
        this.process = process;
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().start(() -> read(process.inputReader(StandardCharsets.UTF_8)));
    }

    private void read(BufferedReader lines) {
        try (lines) {
            lines.lines().forEach(this::sort);
        } catch (IOException | UncheckedIOException _) {
            // killed
        }
    }

    private void sort(String line) {
        if (!line.startsWith("{")) {
            trouble(line);
            return;
        }
        var said = (Json.Obj) Json.parse(line);
        said.string("trouble").ifPresent(this::trouble);
        said.string("listenEnded").ifPresent(listenEnds::add);
        said.object("notification").ifPresent(notifications::add);
        if (said.get("done").or(() -> said.get("failed")).isPresent()) answers.add(said);
    }

    private synchronized void trouble(String what) {
        if (what.startsWith("\tat ")) return; // they would push out what the trouble is
        if (troubles.size() == MAX_TROUBLES) troubles.removeFirst();
        troubles.add(what);
    }

    /// The last that the client complained of, which may say why a check failed.
    synchronized List<String> troubles() {
        return List.copyOf(troubles);
    }

    /// Has the client do something.
    ///
    /// @return the result
    Json does(String command, Json.Obj details) throws IOException, InterruptedException {
        return does(command, details, PATIENCE);
    }

    /// The same, for a command that takes longer than usual.
    Json does(String command, Json.Obj details, Duration patience) throws IOException, InterruptedException {
        commands.write(details.with("command", command) + "\n");
        commands.flush();
        var answer = take(answers, patience, name + " to do " + command);
        return answer.get("result").orElseThrow(() -> new Failed(name + " failed: " + answer));
    }

    /// That the client could not do what it was to do, and said so.
    static final class Failed extends AssertionError {

        private static final long serialVersionUID = 1L;

        Failed(String why) {
            super(why);
        }
    }

    /// The next notification that the client's application got.
    Json.Obj notification() throws InterruptedException {
        return take(notifications, PATIENCE, "a notification");
    }

    /// The next notification that the client's application gets within so long.
    Optional<Json.Obj> notification(Duration patience) throws InterruptedException {
        return Optional.ofNullable(notifications.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// A notification that the application got and nobody asked for yet.
    Optional<Json.Obj> moreNotifications() {
        return Optional.ofNullable(notifications.poll());
    }

    /// How the client's listen ended.
    String listenEnd() throws InterruptedException {
        return take(listenEnds, PATIENCE, "the end of the listen");
    }

    private static <T> T take(BlockingQueue<T> queue, Duration patience, String what) throws InterruptedException {
        var next = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) throw new AssertionError("waited " + patience + " in vain for " + what);
        return next;
    }

    /// Kills it, if it has not ended.
    @Override
    public void close() {
        Node.kill(process);
    }
}
