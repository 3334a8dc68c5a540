package dev.mcpsession;

import dev.mcpsession.http.SessionKeeper;
import dev.mcpsession.json.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// The way to keep state between the requests of 2026-07-28, which has no sessions: a tool gives out a *handle*, and the client's
/// model hands it in as an argument of later calls.
/// ```java
/// var carts = new Handles(backend.store("cart", policy), "cart_");
/// var cart = carts.mint(Caller.current().owner(), Json.obj());              // cart.id().value() is what the tool answers
/// var same = carts.find(Caller.current().owner(), argument).orElseThrow(…); // its state, if it is this caller's
/// ```
/// A handle is a session of a store: unguessable, of one owner, with a state of bounded size and a sliding time to live. To
/// all other callers it looks as if it did not exist, and no endpoint takes it for an `Mcp-Session-Id`. Give handles a store of their
/// own ([dev.mcpsession.backend.Backend#store]): its policy is how long they live and how many an owner has. Two kinds of handles in
/// one store share its limits.
///
/// Handles that have expired are removed by a thread of this object, once in the policy's [touch interval][SessionPolicy#touchInterval()];
/// they are never revived, whatever the policy says. [#close()] ends the thread and leaves the handles.
///
/// Handles that are minted for anonymous callers are open to whoever has them, and are not listed: those callers are not one
/// person.
///
/// Safe for use by many threads. Every method may throw [SessionStoreException].
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic#statelessness">MCP 2026-07-28, Statelessness</a>
public final class Handles implements AutoCloseable {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Client NO_CLIENT = new Client("", "", Json.obj());
    private static final Comparator<Session> LATEST_FIRST = Comparator.comparing(Session::lastActiveAt).reversed();

    private final SessionStore store;
    private final String prefix;
    private final SessionKeeper sweeper;

    /// Makes handles of one kind, and starts the thread that removes the expired ones.
    ///
    /// @param store  where they live; stays the caller's to close, after this
    /// @param prefix how they begin, such as `cart_`: 1 to 32 letters, digits, underscores and hyphens
    /// @throws IllegalArgumentException if the prefix is anything else
    public Handles(SessionStore store, String prefix) {
        if (!PREFIX.matcher(prefix).matches()) throw new IllegalArgumentException("prefix must match " + PREFIX + ": " + prefix);
        this.store = Objects.requireNonNull(store, "store");
        this.prefix = prefix;
        sweeper = new SessionKeeper(store, this::drop);
    }

    /// Mints a handle. It lives for the whole time to live from now on, used or not.
    ///
    /// If this throws, no handle remains. If the store cannot be reached to remove it, the remainder is not listed, opens nothing,
    /// and expires after [SessionPolicy#provisionalTtl()].
    ///
    /// @param owner whose it is
    /// @param state what it begins with
    /// @return created, with the handle as the session's id; or which limit was reached
    /// @throws StateTooLargeException if the state is over its cap
    /// @throws dev.mcpsession.json.JsonException if the state is nested too deeply
    public CreateResult mint(Owner owner, Json.Obj state) {
        var result = store.create(new SessionId(prefix + SessionId.random().value()), owner, NO_CLIENT);
        if (!(result instanceof CreateResult.Created(var handle))) return result;
        try {
            return minted(handle.id(), state).<CreateResult>map(CreateResult.Created::new).orElseGet(CreateResult.StoreFull::new);
        } catch (RuntimeException | Error e) {
            abandon(handle.id(), e);
            throw e;
        }
    }

    /// Touches last: until then the handle is provisional, so a mint that fails leaves one that expires by itself.
    ///
    /// @return empty if another handle has displaced it meanwhile
    private Optional<Session> minted(SessionId id, Json.Obj state) {
        return store.updateState(id, state).isPresent() && store.touch(id) ? store.find(id) : Optional.empty();
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
    /// @param caller who hands it in
    /// @param handle what the client sent
    /// @return the handle's session; empty for one that is unknown, expired, revoked, of another kind, or somebody else's
    public Optional<Session> find(Owner caller, String handle) {
        return open(caller, handle).filter(session -> store.touch(session.id()));
    }

    /// Changes a handle's state, as [SessionStore#updateState(SessionId, UnaryOperator)] does, and restarts its time to live.
    ///
    /// @param caller who hands it in
    /// @param handle what the client sent
    /// @param change computes the new state; may be called several times, so it must have no effects
    /// @return the handle's session after the change; empty where [#find] is
    /// @throws StateTooLargeException if the state would be over its cap; it was not changed
    /// @throws dev.mcpsession.json.JsonException if the state would be nested too deeply; it was not changed
    public Optional<Session> updateState(Owner caller, String handle, UnaryOperator<Json.Obj> change) {
        return find(caller, handle).flatMap(session -> store.updateState(session.id(), change));
    }

    /// The handle that an owner has used last, for clients that lost it.
    ///
    /// @param owner the owner; an anonymous one has none
    /// @return the handle's session, not touched
    public Optional<Session> latest(Owner owner) {
        return list(owner).stream().findFirst();
    }

    /// An owner's handles of this kind.
    ///
    /// @param owner the owner; an anonymous one has none
    /// @return a new list, the one used last first
    public List<Session> list(Owner owner) {
        if (owner.isAnonymous()) return List.of();
        return store.list(owner).stream().filter(this::isMinted).sorted(LATEST_FIRST).toList();
    }

    /// Removes a handle permanently.
    ///
    /// @param caller who hands it in
    /// @param handle what the client sent
    /// @return whether there was such a handle of this caller's
    public boolean revoke(Owner caller, String handle) {
        return SessionId.parse(handle).filter(this::isOurs).filter(id -> store.delete(id, caller)).isPresent();
    }

    /// Ends the thread that removes expired handles. Idempotent.
    @Override
    public void close() {
        sweeper.close();
    }

    private Optional<Session> open(Owner caller, String handle) {
        return SessionId.parse(handle).filter(this::isOurs).flatMap(store::find)
                .filter(session -> isMinted(session) && session.isOpenTo(caller));
    }

    /// Of this kind, and not about to be minted or left behind by a mint that failed.
    private boolean isMinted(Session session) {
        return isOurs(session.id()) && !session.provisional();
    }

    private boolean isOurs(SessionId id) {
        var handle = id.value();
        return handle.startsWith(prefix) && handle.length() == prefix.length() + SessionId.RANDOM_LENGTH;
    }

    /// Deletes expired handles, which the store would keep for as long as they could be revived. It reports each once, so those of
    /// other kinds must go here, too. An endpoint's sessions stay.
    private void drop(Set<SessionId> ended) {
        ended.stream().filter(id -> !id.isRandom()).forEach(store::delete);
    }
}
