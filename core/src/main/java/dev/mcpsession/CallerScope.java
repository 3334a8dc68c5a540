package dev.mcpsession;

import java.util.Objects;

/// Who sent the request that this thread is serving, whether it has a session or not: what a [Handles] asks for.
///
/// It is bound for as long as the application's handler runs. Threads and executors' tasks that the handler starts do not inherit
/// it: read it first and pass it on.
public final class CallerScope {

    private static final ScopedValue<Owner> CALLER = ScopedValue.newInstance();

    private CallerScope() {}

    /// Who sent the current request.
    ///
    /// @return anonymous if nobody in particular did, and outside a request
    public static Owner current() {
        return CALLER.orElse(Owner.anonymous());
    }

    /// Calls an operation with a caller bound, in this thread.
    ///
    /// @param <T>    what the operation returns
    /// @param <X>    what the operation throws
    /// @param caller the caller to bind
    /// @param op     the operation
    /// @return what the operation returned, which may be null
    /// @throws X if the operation did
    public static <T, X extends Throwable> T call(Owner caller, ScopedValue.CallableOp<? extends T, X> op) throws X {
        return ScopedValue.where(CALLER, Objects.requireNonNull(caller, "caller")).call(op);
    }
}
