package dev.mcpsession.postgres;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// A set that holds the newest 10,000 of what was put into it. Safe for use by many threads.
final class Newest<T> {

    private static final int MAX = 10_000;

    private final Set<T> held = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
            return size() > MAX;
        }
    }));

    /// @return whether it was not there
    boolean add(T value) {
        return held.add(value);
    }

    /// @return whether it was there
    boolean remove(T value) {
        return held.remove(value);
    }
}
