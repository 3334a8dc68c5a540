package dev.mcpsession.reference;

import java.time.Duration;
import java.util.Optional;

/// Ends this process when its parent ends, because Maven does not stop its child processes when it is killed.
final class ParentWatch {

    private static final Duration PERIOD = Duration.ofMillis(500);

    private ParentWatch() {}

    /// Starts the watch. Does nothing if the parent is not visible, as in a container.
    static void start() {
        parent().ifPresent(parent -> Thread.ofVirtual().name("mcp-parent-watch").start(() -> watch(parent)));
    }

    /// When the parent of a process ends, the process gets another parent. Checking whether the old parent is alive would not work: until
    /// it is reaped it is a zombie, which counts as alive.
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
