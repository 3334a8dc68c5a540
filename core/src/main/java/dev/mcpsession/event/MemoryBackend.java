package dev.mcpsession.event;

import dev.mcpsession.InMemorySessionStore;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import java.util.concurrent.ConcurrentHashMap;

/// Opens [Backend#MEMORY].
public final class MemoryBackend implements BackendProvider {

    /// For [java.util.ServiceLoader].
    public MemoryBackend() {}

    @Override
    public boolean knows(String name) {
        return name.equals(Backend.MEMORY);
    }

    @Override
    public Backend open(String name, SessionPolicy policy, BroadcasterOptions options) {
        var others = new ConcurrentHashMap<String, SessionStore>(); // as many as the application has kinds
        return new Backend(new InMemorySessionStore(policy), new StripedBroadcaster(options),
                (kind, rules) -> others.computeIfAbsent(kind, _ -> new InMemorySessionStore(rules)));
    }
}
