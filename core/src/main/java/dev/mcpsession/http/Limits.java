package dev.mcpsession.http;

/// How much one endpoint takes on; beyond each limit the client gets an exact answer. Those of sessions are in
/// [dev.mcpsession.SessionPolicy], those of events in [dev.mcpsession.broadcast.BroadcasterOptions]. Immutable.
///
/// @param maxStreams         open event streams; beyond: 503 with `Retry-After`
/// @param maxBodyBytes       a body that is read for a decision; beyond: 413
/// @param maxInitializeBytes the body of an `initialize`, of which a part is kept with the session; beyond: 413
/// @param maxListensPerOwner open streams of `subscriptions/listen` that an authenticated owner has; beyond: the oldest ends with
///                           a result
/// @param maxListenBytes     the body of a `subscriptions/listen`, of which a part is kept with the stream; beyond: 413
/// @param maxListenResources resources, and other things of topics, that one listen can ask for; beyond: the first are granted, as
///                           the acknowledgement says
public record Limits(
        int maxStreams,
        int maxBodyBytes,
        int maxInitializeBytes,
        int maxListensPerOwner,
        int maxListenBytes,
        int maxListenResources) {

    /// 20,000 streams, 32 listens per owner; bodies of 4 MiB, of an `initialize` 32 KiB, of a listen 64 KiB with 256 resources.
    public static final Limits DEFAULT = new Limits(20_000, 4 << 20, 32 << 10, 32, 64 << 10, 256);

    /// Checks every value.
    ///
    /// @throws IllegalArgumentException if a value is not positive
    public Limits {
        requirePositive("maxStreams", maxStreams);
        requirePositive("maxBodyBytes", maxBodyBytes);
        requirePositive("maxInitializeBytes", maxInitializeBytes);
        requirePositive("maxListensPerOwner", maxListensPerOwner);
        requirePositive("maxListenBytes", maxListenBytes);
        requirePositive("maxListenResources", maxListenResources);
    }

    /// The same with another number of streams.
    ///
    /// @param value the new value
    /// @return new limits
    public Limits withMaxStreams(int value) {
        return new Limits(value, maxBodyBytes, maxInitializeBytes, maxListensPerOwner, maxListenBytes, maxListenResources);
    }

    /// The same with another size of a body.
    ///
    /// @param value the new value
    /// @return new limits
    public Limits withMaxBodyBytes(int value) {
        return new Limits(maxStreams, value, maxInitializeBytes, maxListensPerOwner, maxListenBytes, maxListenResources);
    }

    /// The same with another size of an `initialize`.
    ///
    /// @param value the new value
    /// @return new limits
    public Limits withMaxInitializeBytes(int value) {
        return new Limits(maxStreams, maxBodyBytes, value, maxListensPerOwner, maxListenBytes, maxListenResources);
    }

    /// The same with another number of an owner's listens.
    ///
    /// @param value the new value
    /// @return new limits
    public Limits withMaxListensPerOwner(int value) {
        return new Limits(maxStreams, maxBodyBytes, maxInitializeBytes, value, maxListenBytes, maxListenResources);
    }

    /// The same with another size of a listen.
    ///
    /// @param value the new value
    /// @return new limits
    public Limits withMaxListenBytes(int value) {
        return new Limits(maxStreams, maxBodyBytes, maxInitializeBytes, maxListensPerOwner, value, maxListenResources);
    }

    /// The same with another number of resources of a listen.
    ///
    /// @param value the new value
    /// @return new limits
    public Limits withMaxListenResources(int value) {
        return new Limits(maxStreams, maxBodyBytes, maxInitializeBytes, maxListensPerOwner, maxListenBytes, value);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) throw new IllegalArgumentException(name + " must be positive: " + value);
    }
}
