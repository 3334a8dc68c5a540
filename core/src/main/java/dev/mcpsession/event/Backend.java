package dev.mcpsession.event;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import java.util.Optional;
import java.util.ServiceLoader;

/// A session store and a broadcaster that belong together: what all replicas of a server share.
///
/// @param store       where sessions live
/// @param broadcaster where events come from
public record Backend(SessionStore store, Broadcaster broadcaster) implements AutoCloseable {

    /// The backend that needs nothing: everything in the memory of this process.
    public static final String MEMORY = "memory";

    /// Opens a backend by its name, with the provider that knows it.
    ///
    /// @param name    [#MEMORY], or whatever an installed [BackendProvider] knows, such as a JDBC URL
    /// @param policy  the rules of its sessions
    /// @param options the bounds of its broadcaster
    /// @return the backend, or empty if no provider knows the name
    public static Optional<Backend> open(String name, SessionPolicy policy, BroadcasterOptions options) {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.knows(name))
                .findFirst()
                .map(provider -> provider.open(name, policy, options));
    }

    /// Closes the broadcaster, then the store.
    @Override
    public void close() {
        try (store) {
            broadcaster.close();
        }
    }
}
