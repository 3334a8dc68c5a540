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

/// What a broadcaster under test has to supply, and what its tests have in common. Events may take their time from
/// `publish` to a reader, so no test here expects one to be there at once: it waits for the last event that it published.
@Timeout(60)
public interface BroadcasterFixture {

    /// What a reader that fell behind can still read, in [#TIGHT].
    int KEPT = 16;

    BroadcasterOptions ROOMY = BroadcasterOptions.builder().ringEntries(8192).ringBytes(16L << 20).build();
    BroadcasterOptions TIGHT = BroadcasterOptions.builder().ringEntries(KEPT).ringBytes(16L << 20).build();
    Comparator<EventId> BY_SEQUENCE = Comparator.comparingLong(EventId::sequence);
    Duration HEARTBEAT = Duration.ofMillis(40);

    String MESSAGE = "notifications/message";
    String TOOLS = "notifications/tools/list_changed";
    String PROMPTS = "notifications/prompts/list_changed";
    String UPDATED = "notifications/resources/updated";

    /// Opens a broadcaster to which nothing was published yet.
    Broadcaster open(BroadcasterOptions options);

    /// Lets time go by for what is kept for a time, though not for heartbeats.
    ///
    /// @return whether that is so for what is kept in memory, too
    boolean elapse(Duration time);

    /// How many events make a flood; fewer where publishing waits for a disk.
    default int flood() {
        return 100_000;
    }

    /// Virtual threads that end with the test, also those that sleep where they should not.
    final class Threads implements AutoCloseable {

        private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> started = Collections.synchronizedList(new ArrayList<>());

        public <T> Future<T> start(Callable<T> task) {
            var future = executor.submit(task);
            started.add(future);
            return future;
        }

        /// Interrupts what still runs and tells a failure that nobody asked for.
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
