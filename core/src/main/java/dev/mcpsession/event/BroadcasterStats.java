package dev.mcpsession.event;

/// Gauges and counters of a broadcaster at one moment.
///
/// @param subscribers   open subscriptions
/// @param waiting       those whose reader waits for the next event
/// @param published     events published since the start
/// @param wakeUps       how often a waiting reader was woken since the start
/// @param retained      events that can still be read
/// @param retainedBytes the memory that they take, in bytes
public record BroadcasterStats(
        long subscribers, long waiting, long published, long wakeUps, long retained, long retainedBytes) {}
