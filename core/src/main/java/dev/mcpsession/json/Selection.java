package dev.mcpsession.json;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What of a value is to be built while it is read. All of it is checked in any case.
sealed interface Selection {

    Selection member(String key);

    /// Asked once for each array.
    Selection elements();

    /// The value with all that is in it, or nothing of it.
    enum Whole implements Selection {
        ALL,
        NONE;

        @Override public Selection member(String key) { return this; }

        @Override public Selection elements() { return this; }
    }

    /// The value at this path, and those of its members the caller wants.
    record Asked(List<String> path, Predicate<List<String>> keep) implements Selection {

        @Override
        public Selection member(String key) {
            var longer = new ArrayList<>(path);
            longer.add(key);
            var asked = new Asked(List.copyOf(longer), keep);
            return keep.test(asked.path) ? asked : Whole.NONE;
        }

        @Override public Selection elements() { return member("[]"); }
    }
}
