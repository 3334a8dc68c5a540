package dev.mcpsession.httpserver.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Lists what the official conformance suite has for servers.
final class Suite {

    private Suite() {}

    /// Runs in the directory where the packages are installed.
    ///
    /// @param args none
    static void main(String... args) throws IOException, InterruptedException {
        var node = new Node(Path.of("").toAbsolutePath());
        var log = node.home().resolve("logs/list.log");
        var status = node.run(Duration.ofSeconds(30), log, "node_modules/.bin/conformance", "list", "--server");
        System.out.print(Files.readString(log));
        if (status.orElse(1) != 0) System.exit(1);
    }
}
