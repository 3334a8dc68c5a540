package dev.mcpsession.backend;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;

/// Opens backends of one kind. [java.util.ServiceLoader] finds providers, so a server can use one that it was not built with.
@ForAdapters
public interface BackendProvider {

    /// {@return whether this provider opens backends of that name}
    ///
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
