package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.time.Instant;
import java.util.Objects;

/// A snapshot of a session, as returned by a store. Immutable.
///
/// @param id           its id
/// @param owner        its owner
/// @param client       the client's description of itself
/// @param createdAt    when it was created, by the store's clock
/// @param lastActiveAt when it was last touched; an endpoint coalesces touches, so the last use may be up to a minute later
/// @param expiresAt    the first moment at which it is no longer alive
/// @param provisional  whether it has not been touched since its creation; such a session lives briefly and is never revived
/// @param state        the application's state
/// @param stateVersion how often the state has changed
public record Session(
        SessionId id,
        Owner owner,
        Client client,
        Instant createdAt,
        Instant lastActiveAt,
        Instant expiresAt,
        boolean provisional,
        Json.Obj state,
        long stateVersion) {

    /// Checks that nothing is null.
    public Session {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(lastActiveAt, "lastActiveAt");
        Objects.requireNonNull(expiresAt, "expiresAt");
        Objects.requireNonNull(state, "state");
    }

    /// {@return whether the session is no longer alive, as it is from [#expiresAt()] on}
    /// @param now a moment by the store's clock
    public boolean isExpiredAt(Instant now) {
        return !now.isBefore(expiresAt);
    }

    /// {@return whether a caller may use this session: any caller if it is anonymous, otherwise its owner}
    /// @param caller the owner of the request
    public boolean isOpenTo(Owner caller) {
        return owner.isOpenTo(caller);
    }
}
