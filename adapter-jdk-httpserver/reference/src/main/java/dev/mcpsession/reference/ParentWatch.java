package dev.mcpsession.reference;

import java.time.Duration;
import java.util.Optional;

/// Ends this process when the one that started it is gone, for starters that leave without taking along what they started.
final class ParentWatch {

    private static final Duration PERIOD = Duration.ofMillis(500);

    private ParentWatch() {}

    /// Does nothing if the parent cannot be seen, as from within a container.
    static void start() {
        parent().ifPresent(parent -> Thread.ofVirtual().name("mcp-parent-watch").start(() -> watch(parent)));
    }

    /// A process whose parent has gone is given another. To ask the old parent whether it is alive would not do: one that
    /// nobody waits for stays a zombie, and a zombie counts as alive.
    private static void watch(ProcessHandle parent) {
        try {
            while (parent().filter(parent::equals).isPresent()) Thread.sleep(PERIOD);
            System.exit(0);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<ProcessHandle> parent() {
        return ProcessHandle.current().parent();
    }
}
