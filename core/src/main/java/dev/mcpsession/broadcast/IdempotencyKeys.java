package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventId;
import java.util.LinkedHashMap;
import java.util.Map;

/// The newest keys under which events were published, and the ids of those events. Guarded by the broadcaster's lock.
final class IdempotencyKeys {

    private final Map<String, EventId> ids;

    IdempotencyKeys(int max) {
        ids = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, EventId> eldest) {
                return size() > max;
            }
        };
    }

    /// The event with this key; null if the key is unknown, or dropped by now.
    EventId get(String key) {
        return ids.get(key);
    }

    void add(String key, EventId id) {
        ids.put(key, id);
    }

    void remove(String key) {
        ids.remove(key);
    }
}
