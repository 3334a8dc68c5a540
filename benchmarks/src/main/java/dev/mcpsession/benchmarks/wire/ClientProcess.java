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

/// A client in a JVM of its own, which is told what to do and answers in lines. Its processor time so is not the server's.
///
/// It ends with this process, however that ends: it reads its standard input, which ends then. Used by one thread.
public final class ClientProcess implements AutoCloseable {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final String ENDED = "";
    private static final List<String> FLAGS = List.of("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC");

    private final Process process;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /// Starts a client.
    ///
    /// @param main its class
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
            // the same as its end
        } finally {
            answers.add(ENDED);
        }
    }

    /// Tells the client what to do.
    ///
    /// @param command its words
    /// @throws UncheckedIOException if the client has ended
    public void tell(Object... command) {
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
    public String[] hear() throws InterruptedException {
        var line = answers.poll(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) throw new IllegalStateException("client must answer within " + LONGEST_WAIT);
        if (line.equals(ENDED)) throw new IllegalStateException("client must not end by itself");
        return line.split(" ");
    }

    /// Tells the client what to do, and waits for its next line.
    ///
    /// @param command its words
    /// @return the answer's words
    /// @throws InterruptedException if the calling thread was interrupted
    public String[] ask(Object... command) throws InterruptedException {
        tell(command);
        return hear();
    }

    /// Ends the client, and waits for that, so that its processor time is known to this process.
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
