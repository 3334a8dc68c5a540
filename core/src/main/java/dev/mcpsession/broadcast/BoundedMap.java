package dev.mcpsession.broadcast;

import java.util.LinkedHashMap;
import java.util.Map;

/// A map that drops its oldest entries beyond a maximum.
///
/// @param <K> the keys
/// @param <V> the values
class BoundedMap<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int max;

    BoundedMap(int max) {
        this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        if (size() <= max) return false;
        dropping(eldest.getValue());
        return true;
    }

    void dropping(V value) {}
}
