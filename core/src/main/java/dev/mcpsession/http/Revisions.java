package dev.mcpsession.http;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The revisions that an endpoint serves. Immutable.
///
/// @param all at least one
record Revisions(Set<ProtocolVersion> all) {

    static final Revisions ALL = new Revisions(EnumSet.allOf(ProtocolVersion.class));

    Revisions {
        if (all.isEmpty()) throw new IllegalArgumentException("revisions must name at least one");
        all = Set.copyOf(all);
    }

    boolean serves(ProtocolVersion version) {
        return all.contains(version);
    }

    /// The revision of this name, if it is served.
    Optional<ProtocolVersion> served(String name) {
        return ProtocolVersion.served(name).filter(this::serves);
    }

    /// Whether a client can begin a session.
    boolean haveSessions() {
        return all.stream().anyMatch(ProtocolVersion::hasSessions);
    }

    /// The names, the newest first.
    List<String> names() {
        return ProtocolVersion.served().stream().filter(this::serves).map(ProtocolVersion::toString).toList();
    }
}
