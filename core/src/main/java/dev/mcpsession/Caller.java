package dev.mcpsession;

import java.util.Objects;
import java.util.Optional;

/// The sender of the request that this thread serves, and the session of that request if it has one. Immutable.
///
/// A caller is bound while the application's handler runs. Threads and executor tasks that the handler starts do not inherit it: read
/// the caller first and pass it to them.
///
/// {@snippet class="dev.mcpsession.ExamplesTest" region="caller"}
public final class Caller {

    private static final ScopedValue<Caller> CURRENT = ScopedValue.newInstance();
    private static final Caller NONE = new Caller(Owner.anonymous(), Optional.empty());

    private final Owner owner;
    private final Optional<Session> session;

    private Caller(Owner owner, Optional<Session> session) {
        this.owner = Objects.requireNonNull(owner, "owner");
        this.session = Objects.requireNonNull(session, "session");
    }

    /// {@return the caller of the current request; anonymous and without a session outside a request}
    public static Caller current() {
        return CURRENT.orElse(NONE);
    }

    /// Calls an operation in this thread with a caller bound. A nested call hides the outer caller.
    ///
    /// @param <T>     the operation's result
    /// @param <X>     the operation's exception
    /// @param owner   the sender of the request
    /// @param session the session of the request, if it has one
    /// @param op      the operation
    /// @return the operation's result, which may be null
    /// @throws X if the operation throws it
    @ForAdapters
    public static <T, X extends Throwable> T call(Owner owner, Optional<Session> session, ScopedValue.CallableOp<? extends T, X> op)
            throws X {
        return ScopedValue.where(CURRENT, new Caller(owner, session)).call(op);
    }

    /// {@return the sender of the request, and the owner of the sessions and handles that it creates}
    public Owner owner() {
        return owner;
    }

    /// {@return the session of the request as it was when the request arrived; empty if the request has none, as in 2026-07-28}
    public Optional<Session> session() {
        return session;
    }
}
