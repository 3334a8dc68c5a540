package dev.mcpsession.http;

/// How much one endpoint takes on; beyond each limit the client gets an exact answer. Those of sessions are in
/// [dev.mcpsession.SessionPolicy], those of events in [dev.mcpsession.event.BroadcasterOptions]. Immutable.
///
/// @param maxStreams         open event streams; beyond: 503 with `Retry-After`
/// @param maxBodyBytes       a body that is read for a decision; beyond: 413
/// @param maxInitializeBytes the body of an `initialize`, of which a part is kept with the session; beyond: 413
public record Limits(int maxStreams, int maxBodyBytes, int maxInitializeBytes) {

    /// 20,000 streams, bodies of 4 MiB, of an `initialize` 32 KiB.
    public static final Limits DEFAULT = new Limits(20_000, 4 << 20, 32 << 10);

    /// Checks every value.
    ///
    /// @throws IllegalArgumentException if a value is not positive
    public Limits {
        requirePositive("maxStreams", maxStreams);
        requirePositive("maxBodyBytes", maxBodyBytes);
        requirePositive("maxInitializeBytes", maxInitializeBytes);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) throw new IllegalArgumentException(name + " must be positive: " + value);
    }
}
