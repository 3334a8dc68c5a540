package dev.mcpsession.benchmarks.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A client in a separate JVM, so that its processor time does not count as the server's. It reads commands and writes answers, one per
/// line.
///
/// The client reads its standard input, which ends with this process. So the client ends too, even if this process is killed. Used by one
/// thread.
public final class ClientProcess implements AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final String ENDED = "";
    private static final List<String> FLAGS = List.of("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC");

    private final Process process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /// Starts a client.
    ///
    /// @param main the client's main class
    /// @throws UncheckedIOException if it cannot be started
    public ClientProcess(Class<?> main) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
        try {
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException("client cannot be started", e);
        }
        Thread.ofPlatform().daemon().start(this::listen);
    }

    private void listen() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) answers.add(line);
        } catch (IOException _) {
            // treated like the end of the stream
        } finally {
            answers.add(ENDED);
        }
    }

    /// Sends a command.
    ///
    /// @param command its words
    /// @throws UncheckedIOException if the client has ended
    public void send(Object... command) {
        var words = Arrays.stream(command).map(Object::toString).toList();
        try {
            process.getOutputStream().write((String.join(" ", words) + '\n').getBytes(US_ASCII));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("client has ended", e);
        }
    }

    /// Waits for the client's next line.
    ///
    /// @return its words
    /// @throws IllegalStateException if there is none within a minute, or the client has ended
    /// @throws InterruptedException  if the calling thread was interrupted
    public String[] receive() throws InterruptedException {
        var line = answers.poll(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) throw new IllegalStateException("client must answer within " + LONGEST_WAIT);
        if (line.equals(ENDED)) throw new IllegalStateException("client must not end by itself");
        return line.split(" ");
    }

    /// Sends a command, and waits for the client's next line.
    ///
    /// @param command its words
    /// @return the answer's words
    /// @throws InterruptedException if the calling thread was interrupted
    public String[] call(Object... command) throws InterruptedException {
        send(command);
        return receive();
    }

    /// Ends the client, and waits for its end, so that its processor time is known to this process.
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
