package dev.mcpsession.json;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The parts of a value that are built while it is read. All parts are checked.
sealed interface Selection {

    Selection member(String key);

    /// Called once per array.
    Selection elements();

    /// The whole value, or nothing.
    enum Whole implements Selection {
        ALL,
        NONE;

        @Override public Selection member(String key) { return this; }

        @Override public Selection elements() { return this; }
    }

    /// The value at this path, and those of its members that the caller keeps.
    record Filtered(List<String> path, Predicate<List<String>> keep) implements Selection {

        @Override
        public Selection member(String key) {
            var longer = new ArrayList<>(path);
            longer.add(key);
            var member = new Filtered(List.copyOf(longer), keep);
            return keep.test(member.path) ? member : Whole.NONE;
        }

        @Override public Selection elements() { return member("[]"); }
    }
}
