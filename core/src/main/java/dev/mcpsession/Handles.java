package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// State between the requests of 2026-07-28, which has no sessions: a tool hands out a *handle*, and the client's model passes it as an
/// argument of later calls.
///
/// {@snippet class="dev.mcpsession.ExamplesTest" region="handles"}
///
/// A handle belongs to one owner, cannot be guessed, and has a state of bounded size and a sliding time to live. To all other callers
/// it looks as if it did not exist, and no endpoint accepts it as an `Mcp-Session-Id`. A handle of an anonymous caller is open to any
/// caller that presents it, and is never listed, because anonymous callers are not one person.
///
/// Handles are kept as sessions of a store whose policy bounds their life and their number. Give each kind its own store with
/// [dev.mcpsession.backend.Backend#store], which also removes expired handles; kinds in one store share its limits. The opener of any
/// other store must sweep it: call [SessionStore#deleteExpired] at regular intervals and [SessionStore#delete] the ids that it
/// returns, because handles are never revived.
///
/// Thread-safe. Every method may throw [SessionStoreException].
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic#statelessness">MCP 2026-07-28, Statelessness</a>
public final class Handles {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Client NO_CLIENT = new Client("", "", Json.obj());
    private static final Comparator<Session> LATEST_FIRST = Comparator.comparing(Session::lastActiveAt).reversed();

    private final SessionStore store;
    private final String prefix;

    /// A handle as it was when it was read.
    ///
    /// @param value      the text that the tool hands out; a secret, so [#toString()] shows only its first characters
    /// @param state      the application's state
    /// @param lastUsedAt when it was last created, found or updated before it was read; may be up to a minute too early
    /// @param expiresAt  the first moment at which it is no longer valid
    public record Handle(String value, Json.Obj state, Instant lastUsedAt, Instant expiresAt) {

        /// Checks that nothing is null.
        public Handle {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(lastUsedAt, "lastUsedAt");
            Objects.requireNonNull(expiresAt, "expiresAt");
        }

        private static Handle of(Session session) {
            return new Handle(session.id().value(), session.state(), session.lastActiveAt(), session.expiresAt());
        }

        /// {@return the first characters of the value, and the expiry}
        @Override
        public String toString() {
            return "Handle[" + new SessionId(value) + ", expiresAt=" + expiresAt + "]";
        }
    }

    /// The outcome of [#create]. Reaching a limit is a result, not an error.
    public sealed interface Creation {

        /// The handle exists.
        ///
        /// @param handle the new handle
        record Created(Handle handle) implements Creation {}

        /// Nothing was created: the owner is authenticated and has as many handles as the policy allows.
        record OwnerFull() implements Creation {}

        /// Nothing was created: the store holds as many handles as the policy allows.
        record StoreFull() implements Creation {}
    }

    /// Creates access to the handles of one kind.
    ///
    /// @param store  where the handles are kept; the caller closes it
    /// @param prefix how their values begin, such as `cart_`: 1 to 32 letters, digits, underscores and hyphens
    /// @throws IllegalArgumentException if the prefix is anything else
    public Handles(SessionStore store, String prefix) {
        Checks.require(PREFIX.matcher(prefix).matches(), "prefix must match " + PREFIX, prefix);
        this.store = Objects.requireNonNull(store, "store");
        this.prefix = prefix;
    }

    /// Creates a handle that lives for the policy's full time to live, even if it is never used.
    ///
    /// If this method throws, no handle is created. If the store cannot be reached to clean up, what is left there is not listed, opens
    /// nothing, and expires after [SessionPolicy#provisionalTtl()].
    ///
    /// @param owner the owner of the handle
    /// @param state its first state
    /// @return the handle, or the limit that was reached
    /// @throws StateTooLargeException if the state exceeds its limit
    /// @throws dev.mcpsession.json.JsonException if the state is nested too deeply
    public Creation create(Owner owner, Json.Obj state) {
        return switch (store.create(new SessionId(prefix + SessionId.random().value()), owner, NO_CLIENT)) {
            case CreateResult.Created(var session) -> completed(session.id(), state);
            case CreateResult.OwnerFull() -> new Creation.OwnerFull();
            case CreateResult.StoreFull() -> new Creation.StoreFull();
        };
    }

    private Creation completed(SessionId id, Json.Obj state) {
        try {
            // The touch comes last: until then the session is provisional, so whatever a failure leaves in the store expires.
            var filled = store.updateState(id, state).isPresent() && store.touch(id);
            var session = filled ? store.find(id) : Optional.<Session>empty(); // empty if a concurrent create displaced it
            return session.<Creation>map(it -> new Creation.Created(Handle.of(it))).orElseGet(Creation.StoreFull::new);
        } catch (RuntimeException | Error e) {
            abandon(id, e);
            throw e;
        }
    }

    private void abandon(SessionId id, Throwable why) {
        try {
            store.delete(id);
        } catch (RuntimeException | Error e) {
            why.addSuppressed(e);
        }
    }

    /// Finds a handle and restarts its time to live.
    ///
    /// @param caller the owner of the request
    /// @param value  the value that the client passed
    /// @return the handle; empty if it is unknown, expired, revoked, of another kind, or another owner's
    public Optional<Handle> find(Owner caller, String value) {
        return touched(caller, value).map(Handle::of);
    }

    /// Changes a handle's state, as [SessionStore#updateState(SessionId, UnaryOperator)] does, and restarts its time to live.
    ///
    /// @param caller the owner of the request
    /// @param value  the value that the client passed
    /// @param change computes the new state; may be called several times, so it must have no effects
    /// @return the handle after the change; empty where [#find] is
    /// @throws StateTooLargeException if the new state exceeds its limit; nothing was changed
    /// @throws dev.mcpsession.json.JsonException if the new state is nested too deeply; nothing was changed
    public Optional<Handle> update(Owner caller, String value, UnaryOperator<Json.Obj> change) {
        return touched(caller, value).flatMap(session -> store.updateState(session.id(), change)).map(Handle::of);
    }

    /// Returns the handle that an owner used most recently, for a client that lost it. Does not restart its time to live.
    ///
    /// @param owner an owner; an anonymous one has none
    /// @return the handle; empty if the owner has none
    public Optional<Handle> latest(Owner owner) {
        return list(owner).stream().findFirst();
    }

    /// {@return a new list of an owner's handles of this kind, the most recently used first}
    ///
    /// @param owner an owner; an anonymous one has none
    public List<Handle> list(Owner owner) {
        if (owner.isAnonymous()) return List.of();
        return store.list(owner).stream().filter(this::isComplete).sorted(LATEST_FIRST).map(Handle::of).toList();
    }

    /// Removes a handle permanently.
    ///
    /// @param caller the owner of the request
    /// @param value  the value that the client passed
    /// @return whether the caller had such a handle
    public boolean revoke(Owner caller, String value) {
        return parse(value).filter(id -> store.delete(id, caller)).isPresent();
    }

    private Optional<Session> touched(Owner caller, String value) {
        return parse(value).flatMap(store::find)
                .filter(session -> isComplete(session) && session.isOpenTo(caller) && store.touch(session.id()));
    }

    /// Whether a session is a handle of this kind whose creation has completed.
    private boolean isComplete(Session session) {
        return isOfThisKind(session.id()) && !session.provisional();
    }

    private Optional<SessionId> parse(String value) {
        return SessionId.parse(value).filter(this::isOfThisKind);
    }

    private boolean isOfThisKind(SessionId id) {
        return id.value().startsWith(prefix) && id.value().length() == prefix.length() + SessionId.RANDOM_LENGTH;
    }
}
