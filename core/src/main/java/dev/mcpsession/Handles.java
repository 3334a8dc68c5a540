package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// The way to keep state between the requests of 2026-07-28, which has no sessions: a tool gives out a *handle*, and the client's
/// model hands it in as an argument of later calls.
/// ```java
/// var carts = new Handles(store, "cart_");
/// var cart = carts.mint(CallerScope.current(), Json.obj());              // cart.id().value() is what the tool answers
/// var same = carts.find(CallerScope.current(), argument).orElseThrow(…); // its state, if it is this caller's
/// ```
/// A handle is a session of a store: unguessable, of one owner, with a state of bounded size and a sliding time to live. To
/// everybody else it looks as if it did not exist. Give handles a store of their own: its policy is how long they live and how
/// many an owner has, and no handle is taken for a session then.
///
/// Handles that are minted for anonymous callers are open to whoever has them, and are not listed: those callers are not one
/// person.
///
/// Safe for use by many threads. Every method may throw [SessionStoreException].
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic#statelessness">MCP 2026-07-28, Statelessness</a>
public final class Handles {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Client NO_CLIENT = new Client("", "", Json.obj());
    private static final Comparator<Session> LATEST_FIRST = Comparator.comparing(Session::lastActiveAt).reversed();

    private final SessionStore store;
    private final String prefix;

    /// Makes handles of one kind.
    ///
    /// @param store  where they live
    /// @param prefix how they begin, such as `cart_`: 1 to 32 letters, digits, underscores and hyphens
    /// @throws IllegalArgumentException if the prefix is anything else
    public Handles(SessionStore store, String prefix) {
        if (!PREFIX.matcher(prefix).matches()) throw new IllegalArgumentException("prefix must match " + PREFIX + ": " + prefix);
        this.store = Objects.requireNonNull(store, "store");
        this.prefix = prefix;
    }

    /// Mints a handle. It lives for the whole time to live from now on, used or not.
    ///
    /// @param owner whose it is
    /// @param state what it begins with
    /// @return created, with the handle as the session's id; or which limit was reached
    /// @throws StateTooLargeException if the state is over its cap; nothing was created
    public CreateResult mint(Owner owner, Json.Obj state) {
        var result = store.create(new SessionId(prefix + SessionId.random().value()), owner, NO_CLIENT);
        if (!(result instanceof CreateResult.Created(var handle))) return result;
        try {
            var kept = store.touch(handle.id()) ? store.updateState(handle.id(), state) : Optional.<Session>empty();
            return kept.<CreateResult>map(CreateResult.Created::new).orElseGet(CreateResult.StoreFull::new); // it was pushed out
        } catch (StateTooLargeException e) {
            store.delete(handle.id());
            throw e;
        }
    }

    /// Finds a handle and starts its time to live anew.
    ///
    /// @param caller who hands it in
    /// @param handle what the client sent
    /// @return the handle's session; empty for one that is unknown, expired, revoked, of another kind, or somebody else's
    public Optional<Session> find(Owner caller, String handle) {
        return open(caller, handle).filter(session -> store.touch(session.id()));
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
        return store.list(owner).stream().filter(session -> isOurs(session.id())).sorted(LATEST_FIRST).toList();
    }

    /// Removes a handle for ever.
    ///
    /// @param caller who asks
    /// @param handle what the client sent
    /// @return whether there was such a handle of this caller's
    public boolean revoke(Owner caller, String handle) {
        return open(caller, handle).filter(session -> store.delete(session.id())).isPresent();
    }

    private Optional<Session> open(Owner caller, String handle) {
        return SessionId.parse(handle).filter(this::isOurs).flatMap(store::find).filter(session -> session.isOpenTo(caller));
    }

    private boolean isOurs(SessionId id) {
        return id.value().startsWith(prefix);
    }
}
