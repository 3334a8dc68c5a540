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

/// A client in a separate process, which reads commands and writes results and notifications, as lines of JSON.
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

    /// @param name    its name in messages
    /// @param process its process, which is killed when this is closed
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
        if (what.startsWith("\tat ")) return; // stack traces would displace the actual trouble
        if (troubles.size() == MAX_TROUBLES) troubles.removeFirst();
        troubles.add(what);
    }

    /// The client's last error output, which may explain why a check failed.
    synchronized List<String> troubles() {
        return List.copyOf(troubles);
    }

    /// Sends the client a command, and waits for the result.
    ///
    /// @return the result
    Json does(String command, Json.Obj details) throws IOException, InterruptedException {
        return does(command, details, PATIENCE);
    }

    /// Sends a command that takes longer than usual.
    Json does(String command, Json.Obj details, Duration patience) throws IOException, InterruptedException {
        commands.write(details.with("command", command) + "\n");
        commands.flush();
        var answer = take(answers, patience, name + " to do " + command);
        return answer.get("result").orElseThrow(() -> new Failed(name + " failed: " + answer));
    }

    /// Thrown when the client reports that a command failed.
    static final class Failed extends AssertionError {

        private static final long serialVersionUID = 1L;

        Failed(String why) {
            super(why);
        }
    }

    /// Waits for the next notification that the client's application receives.
    Json.Obj notification() throws InterruptedException {
        return take(notifications, PATIENCE, "a notification");
    }

    /// Waits for the next notification that the client's application receives, for a limited time.
    Optional<Json.Obj> notification(Duration patience) throws InterruptedException {
        return Optional.ofNullable(notifications.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// A notification that the application has received and no test has read, if there is one.
    Optional<Json.Obj> moreNotifications() {
        return Optional.ofNullable(notifications.poll());
    }

    /// Waits until the client's listen has ended, and returns how.
    String listenEnd() throws InterruptedException {
        return take(listenEnds, PATIENCE, "the end of the listen");
    }

    private static <T> T take(BlockingQueue<T> queue, Duration patience, String what) throws InterruptedException {
        var next = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) throw new AssertionError("waited " + patience + " in vain for " + what);
        return next;
    }

    /// Kills the process if it has not ended.
    @Override
    public void close() {
        Node.kill(process);
    }
}
