package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.time.Instant;
import java.util.Objects;

/// A session as it was at one moment: an immutable snapshot that a store gave out.
///
/// @param id           its name
/// @param owner        whom it belongs to
/// @param client       what the client told about itself
/// @param createdAt    when it was minted, by the store's clock
/// @param lastActiveAt when it was last touched; touches are coalesced, so this may be up to a minute old
/// @param expiresAt    the first moment at which it is no longer alive
/// @param provisional  whether it was not used since it was minted; a provisional session lives for a short time only and
///                     is never revived
/// @param state        what the application keeps in it
/// @param stateVersion how often the state was changed; compared and set by stores
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

    /// Whether the session is no longer alive: it is not valid at `expiresAt` itself.
    ///
    /// @param now a moment by the store's clock
    /// @return true from [#expiresAt()] on
    public boolean isExpiredAt(Instant now) {
        return !now.isBefore(expiresAt);
    }

    /// Whether a caller may use this session: an anonymous session is open to whoever has its id, any other to its owner.
    ///
    /// @param caller who asks
    /// @return true if the session is the caller's to use
    public boolean isOpenTo(Owner caller) {
        return owner.isAnonymous() || owner.equals(caller);
    }
}
