package dev.mcpsession.postgres;

import dev.mcpsession.SessionId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The sessions whose end stands in the log, or is about to: the newest of them. Safe for use by many threads.
///
/// A session that has ended is told of again and again as long as something holds it; the log need not have it each time.
final class ToldEnds {

    private static final int MAX = 10_000;

    private final Set<SessionId> told = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Boolean> eldest) {
            return size() > MAX;
        }
    }));

    /// Whether this is the first time.
    boolean tell(SessionId session) {
        return told.add(session);
    }

    void forget(SessionId session) {
        told.remove(session);
    }
}
