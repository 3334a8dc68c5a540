package dev.mcpsession.postgres.deploy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// What clients noticed of a deploy, though they must notice nothing. Thread-safe.
final class Faults {

    private static final int SHOWN = 100;

    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> first = new ConcurrentLinkedQueue<>();

    void add(String what) {
        if (count.incrementAndGet() <= SHOWN) first.add(what);
    }

    int count() {
        return count.get();
    }

    List<String> first() {
        return List.copyOf(first);
    }
}
