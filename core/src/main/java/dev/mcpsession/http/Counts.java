package dev.mcpsession.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts what happened, by cause. Thread-safe.
final class Counts<C extends Enum<C>> {

    private final C[] causes;
    private final LongAdder[] counts;

    Counts(Class<C> type) {
        causes = type.getEnumConstants();
        counts = new LongAdder[causes.length];
        for (var i = 0; i < counts.length; i++) counts[i] = new LongAdder();
    }

    void add(C cause) {
        add(cause, 1);
    }

    void add(C cause, long times) {
        counts[cause.ordinal()].add(times);
    }

    /// {@return the count of every cause, in the order of the causes}
    Map<C, Long> current() {
        var current = new TreeMap<C, Long>();
        for (var cause : causes) current.put(cause, counts[cause.ordinal()].sum());
        return current;
    }
}
