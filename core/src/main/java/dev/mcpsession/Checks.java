package dev.mcpsession;

import java.time.Duration;

/// The checks of every builder. Their messages state the rule, then the value.
@ForAdapters
public final class Checks {

    private static final Duration LONGEST = Duration.ofDays(36_525); // an expiry stays within the range of every clock and database

    private Checks() {}

    /// Rejects a value that breaks a rule.
    ///
    /// @param valid whether the value keeps the rule
    /// @param rule  such as `"stripes must be a power of two"`
    /// @param value the value, which the message quotes
    /// @throws IllegalArgumentException if `valid` is false
    public static void require(boolean valid, String rule, Object value) {
        if (!valid) throw new IllegalArgumentException(rule + ": " + value);
    }

    /// {@return the value}
    /// @param name  what the message calls the value
    /// @param value any number
    /// @throws IllegalArgumentException if the value is not positive
    public static int positive(String name, int value) {
        require(value > 0, name + " must be positive", value);
        return value;
    }

    /// {@return the value}
    /// @param name  what the message calls the value
    /// @param value any duration
    /// @throws IllegalArgumentException if the value is not positive or exceeds 100 years
    public static Duration positive(String name, Duration value) {
        require(value.isPositive(), name + " must be positive", value);
        require(value.compareTo(LONGEST) <= 0, name + " must be at most " + LONGEST, value);
        return value;
    }
}
