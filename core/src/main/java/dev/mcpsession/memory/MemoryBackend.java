package dev.mcpsession.memory;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;

/// Opens [Backend#MEMORY].
@ForAdapters
public final class MemoryBackend implements Backend.Provider {

    /// Creates the provider, for [java.util.ServiceLoader].
    public MemoryBackend() {}

    @Override
    public boolean knows(String name) {
        return name.equals(Backend.MEMORY);
    }

    @Override
    public Backend open(String name, SessionPolicy policy, BroadcasterOptions options) {
        return Backend.of(new InMemorySessionStore(policy), new StripedBroadcaster(options),
                (_, rules) -> new InMemorySessionStore(rules));
    }
}
