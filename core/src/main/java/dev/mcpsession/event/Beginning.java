package dev.mcpsession.event;

/// A subscription that has begun, and the place where it did.
///
/// @param subscription delivers what follows that place
/// @param position     the last event before it; a subscription that begins after it, now or later, misses nothing that was published since
public record Beginning(Subscription subscription, EventId position) {}
