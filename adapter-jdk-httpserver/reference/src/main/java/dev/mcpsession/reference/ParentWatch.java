package dev.mcpsession.reference;

import java.time.Duration;
import java.util.Optional;

/// Ends this process when its parent ends: Maven, when it is killed, does not stop what it started.
final class ParentWatch {

    private static final Duration PERIOD = Duration.ofMillis(500);

    private ParentWatch() {}

    /// Does nothing if the parent cannot be seen, as in a container.
    static void start() {
        parent().ifPresent(parent -> Thread.ofVirtual().name("mcp-parent-watch").start(() -> watch(parent)));
    }

    /// A process whose parent has ended is given another. Asking whether the old parent is alive would not do: until it is waited for it
    /// is a zombie, which counts as alive.
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
