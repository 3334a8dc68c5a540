package dev.mcpsession.memory;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.backend.BackendProvider;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import java.util.concurrent.ConcurrentHashMap;

/// Opens [Backend#MEMORY].
@ForAdapters
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
