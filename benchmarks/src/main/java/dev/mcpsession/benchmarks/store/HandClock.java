package dev.mcpsession.benchmarks.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that is set by hand and costs nothing to read. Thread-safe.
public final class HandClock implements InstantSource {

    private volatile long millis = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public long millis() {
        return millis;
    }

    /// Advances the clock. Called by one thread.
    ///
    /// @param time how much
    public void advance(Duration time) {
        millis = millis + time.toMillis();
    }
}
