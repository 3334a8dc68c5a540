package dev.mcpsession.backend;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/// A session store and a broadcaster that belong together: what all replicas of a server share. Further stores, for
/// [handles][dev.mcpsession.Handles] or whatever else an application keeps, are opened by [#store(String, SessionPolicy)].
///
/// @param store       where sessions live
/// @param broadcaster where events come from
/// @param others      opens stores of other kinds
public record Backend(SessionStore store, Broadcaster broadcaster, Others others) implements AutoCloseable {

    /// The backend that needs nothing: everything in the memory of this process.
    public static final String MEMORY = "memory";

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,31}");

    /// Opens stores beside a backend's own. Safe for use by many threads.
    @FunctionalInterface
    public interface Others {

        /// Opens a store. The same kind has the same sessions each time.
        ///
        /// @param kind   what is kept in it
        /// @param policy its rules
        /// @return a store that needs no closing before the backend
        SessionStore open(String kind, SessionPolicy policy);
    }

    /// Checks that nothing is null.
    public Backend {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(broadcaster, "broadcaster");
        Objects.requireNonNull(others, "others");
    }

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

    /// A store of its own for things of another kind than sessions: what is in it, its limits and its sweep have nothing to do with
    /// those of [#store()] and of other kinds. All replicas that open this kind share it, and the same kind opened again is the same
    /// sessions; give it the same policy each time.
    ///
    /// It has no thread of its own: [dev.mcpsession.Handles] removes what has expired in it, and so does a
    /// [dev.mcpsession.http.SessionKeeper].
    ///
    /// @param kind   what is kept in it, such as `cart`: a lower-case letter, then up to 31 of those, digits, underscores and hyphens
    /// @param policy how long things live in it and how many there may be
    /// @return a store that is closed with this backend
    /// @throws IllegalArgumentException if the kind is anything else, or `session`, which is the backend's own
    public SessionStore store(String kind, SessionPolicy policy) {
        if (!KIND.matcher(kind).matches()) throw new IllegalArgumentException("kind must match " + KIND + ": " + kind);
        if (kind.equals(SessionStore.SESSIONS)) {
            throw new IllegalArgumentException("kind must not be that of the backend's own store: " + kind);
        }
        return others.open(kind, Objects.requireNonNull(policy, "policy"));
    }

    /// Closes the broadcaster, then the store and with it those of other kinds.
    @Override
    public void close() {
        try (store) {
            broadcaster.close();
        }
    }
}
