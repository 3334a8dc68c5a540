package dev.mcpsession.broadcast;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventId;
import java.time.Duration;
import java.util.Objects;

/// A signal that was published before a log was opened. Immutable.
///
/// @param id    its place in the order
/// @param event the signal
/// @param age   how long ago it was published
@ForAdapters
public record PastSignal(EventId id, Event event, Duration age) {

    /// Checks that the event is a signal, and not from the future.
    ///
    /// @throws IllegalArgumentException if it is a message, or the age is negative
    public PastSignal {
        if (event.signalKey().isEmpty()) throw new IllegalArgumentException("recalled event must be a signal: " + event.method());
        if (age.isNegative()) throw new IllegalArgumentException("age of a signal must not be negative: " + age);
        Objects.requireNonNull(id, "id");
    }
}
