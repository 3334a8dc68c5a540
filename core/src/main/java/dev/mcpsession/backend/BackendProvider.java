package dev.mcpsession.backend;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;

/// Opens backends of one kind; found by [java.util.ServiceLoader], so that a server can use one that it was not built with.
@ForAdapters
public interface BackendProvider {

    /// Whether this provider opens backends of that name.
    ///
    /// @param name such as `memory` or a JDBC URL
    /// @return false leaves it to others
    boolean knows(String name);

    /// Opens a backend.
    ///
    /// @param name    a name that this provider knows
    /// @param policy  the rules of its sessions
    /// @param options the bounds of its broadcaster
    /// @return a new backend, to be closed by the caller
    /// @throws IllegalArgumentException           if the name is malformed; the message has no credential in it
    /// @throws dev.mcpsession.SessionStoreException if the backend cannot be reached
    Backend open(String name, SessionPolicy policy, BroadcasterOptions options);
}
