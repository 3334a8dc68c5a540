package dev.mcpsession;

import java.util.Objects;
import java.util.Optional;

/// The session of the request that this thread is serving.
///
/// It is bound for as long as the application's handler runs, and is a snapshot taken when the request came. Threads
/// and executors' tasks that the handler starts do not inherit it: read it first and pass it on.
/// ```java
/// SessionScope.current().ifPresent(session -> executor.submit(() -> index(session)));
/// ```
/// Requests of 2026-07-28 have no session: an application that serves that revision must not rely on one.
public final class SessionScope {

    private static final ScopedValue<Session> SESSION = ScopedValue.newInstance();

    private SessionScope() {}

    /// The session of the current request.
    ///
    /// @return empty outside a request, and in one that has no session
    public static Optional<Session> current() {
        return SESSION.isBound() ? Optional.of(SESSION.get()) : Optional.empty();
    }

    /// Calls an operation with a session bound, in this thread. Within another call it hides the other's session.
    ///
    /// @param <T>     what the operation returns
    /// @param <X>     what the operation throws
    /// @param session the session to bind
    /// @param op      the operation
    /// @return what the operation returned, which may be null
    /// @throws X if the operation did
    public static <T, X extends Throwable> T call(Session session, ScopedValue.CallableOp<? extends T, X> op) throws X {
        return ScopedValue.where(SESSION, Objects.requireNonNull(session, "session")).call(op);
    }

    /// Runs an operation with a session bound, as [#call] does.
    ///
    /// @param session the session to bind
    /// @param op      the operation
    public static void run(Session session, Runnable op) {
        ScopedValue.where(SESSION, Objects.requireNonNull(session, "session")).run(op);
    }
}
