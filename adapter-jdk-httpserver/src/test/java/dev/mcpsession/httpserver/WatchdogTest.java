package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Await.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

@Execution(SAME_THREAD) // its threads race for the processors
class WatchdogTest {

    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void run_tooLong_isInterruptedAndThrows() {
        var watchdog = new Watchdog(Duration.ofMillis(20));
        try (var watch = watchdog.watch()) {
            assertThrows(SocketTimeoutException.class, () -> watch.run(WatchdogTest::stall));

            assertFalse(Thread.currentThread().isInterrupted());
            assertEquals(1, watchdog.freed());
            assertThrows(SocketTimeoutException.class, () -> watch.run(() -> fail("let through")));
        }
        assertEquals(0, watchdog.watched());
    }

    /// As a write does: only an interrupt ends it.
    private static void stall() {
        while (!Thread.currentThread().isInterrupted()) LockSupport.park();
    }

    @Test
    void run_manyTimesInTime_isLeftAlone() throws IOException {
        var watchdog = new Watchdog(Duration.ofSeconds(10));
        var runs = new AtomicInteger();
        try (var watch = watchdog.watch()) {
            for (var i = 0; i < 1000; i++) watch.run(runs::incrementAndGet);
            assertEquals(1, watchdog.watched());
        }
        assertEquals(1000, runs.get());
        assertEquals(0, watchdog.freed());
    }

    @Test
    void run_withinAnother_belongsToThat() {
        var watchdog = new Watchdog(Duration.ofMillis(20));
        try (var watch = watchdog.watch()) {
            var done = new AtomicInteger();

            assertThrows(SocketTimeoutException.class, () -> watch.run(() -> {
                for (var i = 0; i < 10; i++) watch.run(() -> LockSupport.parkNanos(20_000_000));
                done.incrementAndGet();
            }));

            assertEquals(1, done.get()); // only leaving the outer one throws
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void run_failure_isPassedOnAndTheWatchIsIdle() throws IOException {
        try (var watch = new Watchdog(NEVER).watch()) {
            var failure = new IOException("reset by peer");

            assertEquals(failure, assertThrows(IOException.class, () -> watch.run(() -> {
                throw failure;
            })));
            watch.run(() -> {});
        }
    }

    @Test
    void run_afterCut_throws() {
        try (var watch = new Watchdog(NEVER).watch()) {
            watch.cut();

            assertThrows(SocketTimeoutException.class, () -> watch.run(() -> fail("let through")));
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    @Test
    @Timeout(30)
    void run_tooLong_isInterruptedAlthoughAnotherCouldNotBe() throws Exception {
        interruptsAlthoughAnotherCouldNotBe(new AssertionError("on purpose"));
    }

    /// Where one thing fails for want of memory or stack, so does the next, and if it is the log.
    @Test
    @Timeout(30)
    void run_tooLong_isInterruptedAlthoughAFailureCouldNotBeLogged() throws Exception {
        interruptsAlthoughAnotherCouldNotBe(new AssertionError("on purpose") {
            @Override
            public String toString() {
                throw new StackOverflowError("on purpose, too");
            }
        });
    }

    private static void interruptsAlthoughAnotherCouldNotBe(Error failure) throws Exception {
        var watchdog = new Watchdog(Duration.ofMillis(20));
        var leave = new CountDownLatch(1);
        var unfit = new Thread(() -> {
            try (var watch = watchdog.watch()) {
                assertThrows(SocketTimeoutException.class, () -> watch.run(() -> assertDoesNotThrow(() -> leave.await())));
            }
        }) {
            @Override
            public void interrupt() {
                throw failure;
            }
        };
        unfit.start();
        await("the sweeper failed", () -> watchdog.freed() == 1);

        try (var watch = watchdog.watch()) {
            assertThrows(SocketTimeoutException.class, () -> watch.run(WatchdogTest::stall));
        }

        leave.countDown();
        unfit.join();
    }

    @Test
    void watch_afterAPause_isSweptAgain() {
        var watchdog = new Watchdog(Duration.ofMillis(4));
        for (var i = 0; i < 20; i++) {
            try (var watch = watchdog.watch()) {
                assertThrows(SocketTimeoutException.class, () -> watch.run(WatchdogTest::stall));
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(6_000_000)); // the sweeper may just be leaving
        }
        assertEquals(20, watchdog.freed());
    }

    /// Operations that end when their time does: each is either interrupted and told so, or neither.
    @Test
    void run_aboutAsLongAsAllowed_leavesNoInterruptBehind() throws Exception {
        var watchdog = new Watchdog(Duration.ofMillis(2));
        var told = new LongAdder();
        Callable<Void> worker = () -> {
            for (var i = 0; i < 300; i++) {
                var end = System.nanoTime() + ThreadLocalRandom.current().nextLong(1_500_000, 4_500_000);
                try (var watch = watchdog.watch()) {
                    watch.run(() -> spinUntil(end));
                    assertFalse(Thread.interrupted(), "interrupted, but not told");
                } catch (SocketTimeoutException _) {
                    told.increment();
                }
                assertFalse(Thread.interrupted(), "interrupted after it left");
            }
            LockSupport.parkNanos(50_000_000);
            assertFalse(Thread.interrupted(), "interrupted long after it left");
            return null;
        };
        try (var threads = Executors.newFixedThreadPool(4)) {
            var workers = new ArrayList<Callable<Void>>();
            for (var i = 0; i < 4; i++) workers.add(worker);
            for (var result : threads.invokeAll(workers)) result.get();
        }
        assertEquals(watchdog.freed(), told.sum());
        assertTrue(told.sum() > 0);
        await("no watch left", () -> watchdog.watched() == 0);
    }

    private static void spinUntil(long end) {
        while (System.nanoTime() < end) Thread.onSpinWait();
    }

    @Test
    void write_large_isWatchedInPieces() throws IOException {
        var pieces = new ArrayList<Integer>();
        var written = new ByteArrayOutputStream();
        var slow = new OutputStream() {
            @Override
            public void write(int b) {
                written.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                LockSupport.parkNanos(80_000_000); // the client reads slowly, but reads
                pieces.add(length);
                written.write(bytes, offset, length);
            }
        };
        var bytes = new byte[1_000_000];
        ThreadLocalRandom.current().nextBytes(bytes);
        var watchdog = new Watchdog(Duration.ofSeconds(1));
        try (var watch = watchdog.watch(); var out = new WatchedOutput(slow, watch)) {
            out.write(bytes, 0, bytes.length);
            out.write(7);
        }
        assertEquals(0, watchdog.freed());
        assertEquals(16, pieces.size());
        var all = Arrays.copyOf(bytes, bytes.length + 1);
        all[bytes.length] = 7;
        assertTrue(Arrays.equals(all, written.toByteArray()));
    }
}
