package dev.mcpsession.benchmarks.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that is set by hand and costs nothing to read. Safe for use by many threads.
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

    /// Lets time pass. To be called by one thread.
    ///
    /// @param time how much
    public void advance(Duration time) {
        millis = millis + time.toMillis();
    }
}
