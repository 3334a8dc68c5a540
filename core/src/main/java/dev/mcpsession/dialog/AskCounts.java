package dev.mcpsession.dialog;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counts how requests to clients end. Thread-safe.
final class AskCounts {

    private final Map<Outcome.Kind, LongAdder> counts = new EnumMap<>(Outcome.Kind.class); // not changed after the constructor

    AskCounts() {
        for (var end : Outcome.Kind.values()) counts.put(end, new LongAdder());
    }

    void add(Outcome.Kind end) {
        counts.get(end).increment();
    }

    Map<Outcome.Kind, Long> current() {
        var current = new EnumMap<Outcome.Kind, Long>(Outcome.Kind.class);
        counts.forEach((end, count) -> current.put(end, count.sum()));
        return Collections.unmodifiableMap(current);
    }
}
