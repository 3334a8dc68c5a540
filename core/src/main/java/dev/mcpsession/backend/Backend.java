package dev.mcpsession.backend;

import dev.mcpsession.Checks;
import dev.mcpsession.ForAdapters;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// The state that all replicas of a server share: a session store, a broadcaster, and stores of further kinds, such as
/// [handles][dev.mcpsession.Handles]. Thread-safe.
public final class Backend implements AutoCloseable {

    /// The name of the backend that keeps everything in the memory of this process.
    public static final String MEMORY = "memory";

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,31}");

    private final SessionStore store;
    private final Broadcaster broadcaster;
    private final BiFunction<String, SessionPolicy, SessionStore> opener;
    private final ConcurrentHashMap<String, SessionStore> others = new ConcurrentHashMap<>();
    private final StoreSweeper sweeper = new StoreSweeper();

    private Backend(SessionStore store, Broadcaster broadcaster, BiFunction<String, SessionPolicy, SessionStore> opener) {
        this.store = Objects.requireNonNull(store, "store");
        this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
        this.opener = Objects.requireNonNull(opener, "opener");
    }

    /// {@return a new backend}
    ///
    /// @param store       the store of sessions; closed with the backend
    /// @param broadcaster the source of events; closed with the backend
    /// @param opener      opens a store of another kind; closing `store` must close it, too
    @ForAdapters
    public static Backend of(SessionStore store, Broadcaster broadcaster, BiFunction<String, SessionPolicy, SessionStore> opener) {
        return new Backend(store, broadcaster, opener);
    }

    /// Opens a backend with the provider that knows its name.
    ///
    /// @param name    [#MEMORY], or a name that an installed [Provider] knows, such as a JDBC URL
    /// @param policy  the rules of its sessions
    /// @param options the bounds of its broadcaster
    /// @return the backend, or empty if no provider knows the name
    public static Optional<Backend> open(String name, SessionPolicy policy, BroadcasterOptions options) {
        return ServiceLoader.load(Provider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.knows(name))
                .findFirst()
                .map(provider -> provider.open(name, policy, options));
    }

    /// {@return the store of sessions, which a [dev.mcpsession.http.SessionHandler] or the application must sweep}
    public SessionStore store() {
        return store;
    }

    /// {@return the source of events}
    public Broadcaster broadcaster() {
        return broadcaster;
    }

    /// Returns the store of one kind, which is independent of [#store()] and of all other kinds: it has its own content and its own
    /// limits. All replicas that open the kind share the content.
    ///
    /// The first call opens the store. From then on this backend sweeps it once per [SessionPolicy#touchInterval()], and removes expired
    /// [handles][dev.mcpsession.Handles] immediately, and sessions at the end of their revival window.
    ///
    /// @param kind   such as `cart`: a lower-case letter, then up to 31 of those, digits, underscores and hyphens
    /// @param policy its rules; give each replica the same. A later call returns the store with the policy of the first
    /// @return the store, which is closed with this backend
    /// @throws IllegalArgumentException if the kind is anything else, or `session`, which is that of [#store()]
    public SessionStore store(String kind, SessionPolicy policy) {
        Checks.require(KIND.matcher(kind).matches(), "kind must match " + KIND, kind);
        Checks.require(!kind.equals(SessionStore.SESSIONS), "kind must not be that of the backend's own store", kind);
        Objects.requireNonNull(policy, "policy");
        return others.computeIfAbsent(kind, _ -> {
            var opened = opener.apply(kind, policy);
            sweeper.add(opened);
            return opened;
        });
    }

    /// Ends the sweeps, then closes the broadcaster and the stores.
    @Override
    public void close() {
        try (store; broadcaster; sweeper) {} // in reverse order
    }

    /// Opens backends of one kind. [ServiceLoader] finds providers, so a server can use one that it was not built with.
    @ForAdapters
    public interface Provider {

        /// {@return whether this provider opens the backend of this name}
        /// @param name such as `memory` or a JDBC URL
        boolean knows(String name);

        /// Opens a backend.
        ///
        /// @param name    a name that this provider knows
        /// @param policy  the rules of its sessions
        /// @param options the bounds of its broadcaster
        /// @return a new backend, which the caller closes
        /// @throws IllegalArgumentException if the name is malformed; the message contains no credential
        /// @throws dev.mcpsession.SessionStoreException if the backend cannot be reached
        Backend open(String name, SessionPolicy policy, BroadcasterOptions options);
    }
}
