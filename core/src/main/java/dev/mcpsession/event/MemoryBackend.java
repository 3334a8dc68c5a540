package dev.mcpsession.event;

import dev.mcpsession.InMemorySessionStore;
import dev.mcpsession.SessionPolicy;

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
        return new Backend(new InMemorySessionStore(policy), new StripedBroadcaster(options));
    }
}
