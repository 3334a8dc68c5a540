package dev.mcpsession.benchmarks.races;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Subscription;
import java.util.ArrayList;
import java.util.List;

/// What one reader got, and what it was told to have missed.
final class Account {

    private final Subscription reader;
    private final List<Long> got = new ArrayList<>();
    private long missed;
    private volatile boolean isReading;

    Account(Subscription reader) {
        this.reader = reader;
    }

    /// Waits until the reader is at it: else it would mostly come when all is over.
    void awaitReader() {
        while (!isReading) Thread.onSpinWait();
    }

    /// Asks so many times for something.
    void poll(int times) {
        isReading = true;
        for (var n = 0; n < times; n++) reader.poll().ifPresent(this::add);
    }

    /// Takes what is left.
    void finish() {
        for (var next = reader.poll(); next.isPresent(); next = reader.poll()) add(next.get());
    }

    private void add(Delivery delivery) {
        switch (delivery) {
            case Delivery.Next(var id, _) -> got.add(id.sequence());
            case Delivery.Lagged(var events, _, _) -> missed += events;
            case Delivery.Idle() -> {}
            case Delivery.Closed(var cause) -> throw new AssertionError("closed: " + cause);
        }
    }

    long total() {
        return got.size() + missed;
    }

    boolean isInOrder() {
        return got.equals(got.stream().distinct().sorted().toList());
    }

    boolean hasGot(long sequence) {
        return got.contains(sequence);
    }
}
