package dev.mcpsession.http;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// Gauges and counters of an endpoint's event streams at one moment.
///
/// @param open         streams that are open or being opened
/// @param opened       streams opened since the start
/// @param ended        streams ended since the start, by cause; every cause is present
/// @param delivered    events written to clients since the start
/// @param lagged       events that clients missed since the start
/// @param lostMessages upper bound on the messages among them, which nothing replaces
public record StreamStats(
        int open, long opened, Map<StreamEnd, Long> ended, long delivered, long lagged, long lostMessages) {

    /// Copies the counts.
    public StreamStats {
        ended = Collections.unmodifiableMap(new EnumMap<>(ended));
    }
}
