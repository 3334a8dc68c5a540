package dev.mcpsession.contract;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.EventId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/// Supplies the broadcaster under test, and helpers of its tests. An event may take time from `publish` to a reader, so tests never expect
/// it immediately: they wait for the last event that they published.
@Timeout(60)
public interface BroadcasterFixture {

    /// The number of events that a lagging reader can still read, with [#TIGHT].
    int KEPT = 16;

    BroadcasterOptions ROOMY = BroadcasterOptions.builder().ringEntries(8192).ringBytes(16L << 20).build();
    BroadcasterOptions TIGHT = BroadcasterOptions.builder().ringEntries(KEPT).ringBytes(16L << 20).build();
    Comparator<EventId> BY_SEQUENCE = Comparator.comparingLong(EventId::sequence);
    Duration HEARTBEAT = Duration.ofMillis(40);

    String MESSAGE = "notifications/message";
    String TOOLS = "notifications/tools/list_changed";
    String PROMPTS = "notifications/prompts/list_changed";
    String UPDATED = "notifications/resources/updated";

    /// Opens a broadcaster with an empty log.
    Broadcaster open(BroadcasterOptions options);

    /// Advances the time of retention, but not that of heartbeats.
    ///
    /// @return whether it also advanced the retention in memory
    boolean elapse(Duration time);

    /// The number of events in a flood; smaller where publishing waits for a disk.
    default int flood() {
        return 100_000;
    }

    /// Virtual threads that end with the test, even if they are blocked by mistake.
    final class Threads implements AutoCloseable {

        private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> started = Collections.synchronizedList(new ArrayList<>());

        public <T> Future<T> start(Callable<T> task) {
            var future = executor.submit(task);
            started.add(future);
            return future;
        }

        /// Interrupts threads that still run, and throws the first failure of a thread.
        @Override
        public void close() {
            executor.shutdownNow();
            if (!ended()) throw new AssertionError("a thread sleeps or goes in circles");
            for (var future : started) {
                if (future.state() == Future.State.FAILED) throw new AssertionError("a thread failed", future.exceptionNow());
            }
        }

        private boolean ended() {
            try {
                return executor.awaitTermination(20, TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
