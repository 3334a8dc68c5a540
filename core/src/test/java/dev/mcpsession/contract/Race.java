package dev.mcpsession.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Runs actions in several threads at the same moment. Rethrows the first failure, after all threads have ended.
public final class Race {

    private static final int SPINS = 100;
    private static final int JITTER = 32;

    private Race() {}

    /// Applies several actions to each item at the same moment, each in its own thread.
    @SafeVarargs
    public static <T> void onEach(List<T> items, Consumer<T>... things) {
        var arrived = new AtomicInteger();
        var runs = new ArrayList<Callable<Void>>();
        for (var thing : things) runs.add(() -> toEach(items, thing, arrived, things.length));
        all(runs);
    }

    /// Applies two actions to each item at the same moment, each in its own thread. The item is prepared before and checked after, while
    /// both threads are idle.
    public static <T> void onEachPrepared(
            List<T> items, Consumer<T> prepare, Consumer<T> one, Consumer<T> other, Consumer<T> check) {
        var turns = new ArrayList<Turn<T>>();
        for (var item : items) {
            turns.add(new Turn<>(item, prepare, _ -> {}));
            turns.add(new Turn<>(item, one, other));
            turns.add(new Turn<>(item, check, _ -> {}));
        }
        onEach(turns, turn -> turn.one.accept(turn.item), turn -> turn.other.accept(turn.item));
    }

    private record Turn<T>(T item, Consumer<T> one, Consumer<T> other) {}

    private static <T> Void toEach(List<T> items, Consumer<T> thing, AtomicInteger arrived, int threads) {
        try {
            int expected = 0;
            for (var item : items) {
                meet(arrived, expected += threads);
                thing.accept(item);
            }
            return null;
        } catch (Throwable t) {
            arrived.set(Integer.MAX_VALUE / 2); // releases the others
            throw t;
        }
    }

    /// Runs the same action in several threads.
    ///
    /// @return its result in each thread
    public static <R> List<R> by(int threads, Callable<R> thing) {
        var arrived = new AtomicInteger();
        return all(IntStream.range(0, threads).mapToObj(_ -> (Callable<R>) () -> {
            meet(arrived, threads);
            return thing.call();
        }).toList());
    }

    // Spins, because a thread that sleeps at a barrier wakes long after the last one has passed, and there would be no race. Then pauses
    // for a random time, because otherwise the same step of one thread would always meet the same step of the other.
    private static void meet(AtomicInteger arrived, int expected) {
        arrived.incrementAndGet();
        for (int spins = 0; arrived.get() < expected; spins++) {
            if (spins < SPINS) Thread.onSpinWait();
            else Thread.yield();
        }
        for (int i = ThreadLocalRandom.current().nextInt(JITTER); i > 0; i--) Thread.onSpinWait();
    }

    private static <R> List<R> all(List<Callable<R>> things) {
        try (var threads = Executors.newFixedThreadPool(things.size())) {
            var running = things.stream().map(threads::submit).toList();
            var results = new ArrayList<R>();
            for (var one : running) results.add(one.get());
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("a racing thread failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
