package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// Runs the official TypeScript clients against the reference server: they connect, call, receive, are cut off, and resume by themselves. A
/// check starts in the state that the previous one left, so the first failure ends the client's run. Exit status 1: a client failed.
final class Clients {

    private int failed;
    private int passed;

    private Clients() {}

    /// Runs in the directory where the packages are installed.
    ///
    /// @param args none
    static void main(String... args) throws IOException, InterruptedException {
        var node = new Node(Path.of("").toAbsolutePath());
        var clients = new Clients();
        clients.run("@modelcontextprotocol/sdk, asked", node, "client-v1.mjs", AskedClient::play);
        clients.run("@modelcontextprotocol/sdk, with a session", node, "client-v1.mjs", SessionClient::play);
        clients.run("@modelcontextprotocol/client, with a session", node, "client-v2.mjs", SessionClient::play);
        clients.run("@modelcontextprotocol/client, of 2026-07-28", node, "client-v2.mjs", ListenClient::play);
        System.exit(clients.failed == 0 ? 0 : 1);
    }

    /// The checks of one client.
    @FunctionalInterface
    private interface Play {

        void play(Stage stage, Checks checks) throws IOException, InterruptedException;
    }

    /// One check.
    @FunctionalInterface
    interface Step {

        void run() throws IOException, InterruptedException;
    }

    /// Runs the checks of a client.
    @FunctionalInterface
    interface Checks {

        void check(String what, Step step);
    }

    private void run(String client, Node node, String script, Play play) throws IOException, InterruptedException {
        System.out.println(client);
        var start = System.nanoTime();
        passed = 0;
        try (var stage = Stage.of(node, script)) {
            play(play, stage);
        }
        System.out.printf("  %d passed, in %d s%n%n", passed, Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }

    private void play(Play play, Stage stage) throws IOException, InterruptedException {
        try {
            play.play(stage, this::check);
        } catch (Failure e) {
            failed++;
            System.out.println("  FAILED   " + e.getMessage());
            stage.client.troubles().forEach(trouble -> System.out.println("             client: " + trouble));
        }
    }

    private void check(String what, Step step) {
        try {
            step.run();
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            throw new Failure(what, e);
        }
        passed++;
        System.out.println("  passed   " + what);
    }

    /// A failed check, after which the later ones are meaningless.
    private static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Failure(String what, Throwable why) {
            super(what + "\n             " + (why instanceof AssertionError ? why.getMessage() : why), why);
        }
    }
}
