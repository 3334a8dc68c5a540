package dev.mcpsession.benchmarks.suite;

import java.util.List;

/// A design that is compared with others: the value of the parameter `design`, and what creates an instance of it.
///
/// @param <T>    a function that creates an instance
/// @param name   such as `single-lock`
/// @param opener creates an instance
public record Design<T>(String name, T opener) {

    /// Returns what creates an instance of the design with a name.
    ///
    /// @param <T>     a function that creates an instance
    /// @param name    such as `single-lock`
    /// @param designs those that are compared
    /// @return the opener of one of them
    /// @throws IllegalArgumentException if there is none of this name
    public static <T> T opener(String name, List<Design<T>> designs) {
        return designs.stream().filter(design -> design.name.equals(name)).findFirst().map(Design::opener)
                .orElseThrow(() -> new IllegalArgumentException("design must be one of " + designs + ": " + name));
    }

    /// Returns the design's name.
    @Override
    public String toString() {
        return name;
    }
}
