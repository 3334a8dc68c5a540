package dev.mcpsession.reference.conformance;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What became of a client, as far as it came. Immutable.
///
/// @param cells what was seen, by column
record Outcome(Map<Column, String> cells) {

    static final String CANNOT_CONNECT = "does not connect";
    static final String ALL = "3 of 3";
    static final String NONE = "0 of 3";
    static final String CALLS = "yes";
    static final String RESUMES = "resumes: ";
    static final String REOPENS = "reopens: ";
    static final String LISTENS_AGAIN = "listens again: ";
    static final String STAYS_AWAY = "no new stream";
    static final String DELETES = "DELETE";
    static final String LEAVES = "leaves it";
    static final String NOT_THERE = "–";

    static final Outcome UNSEEN = new Outcome(Map.of());

    Outcome {
        cells = Map.copyOf(cells);
    }

    /// The same with one more cell.
    Outcome with(Column column, String seen) {
        var more = new TreeMap<>(cells);
        more.put(column, seen);
        return new Outcome(more);
    }

    /// The same without what comes after a column.
    Outcome upTo(Column last) {
        return new Outcome(cells.entrySet().stream().filter(cell -> cell.getKey().compareTo(last) <= 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /// All cells in their order.
    Stream<String> all() {
        return Arrays.stream(Column.values()).map(this::get);
    }

    /// What was seen, or that it did not come so far.
    String get(Column column) {
        return cells.getOrDefault(column, "failed");
    }

    /// Whether it falls short of a client that hears all, always comes back, and leaves nothing behind.
    boolean isShort() {
        return !get(Column.CALLS).equals(CALLS) || !get(Column.HEARS).equals(ALL) || !get(Column.HEARS_LATER).equals(ALL)
                || !get(Column.AFTER_CUT).endsWith(ALL) || !Set.of(DELETES, NOT_THERE).contains(get(Column.ENDS));
    }

    /// How this differs from what was expected, or empty if it does not.
    Optional<String> differenceFrom(Outcome expected) {
        var differences = Arrays.stream(Column.values()).filter(column -> !get(column).equals(expected.get(column)))
                .map(column -> column.title() + ": expected \"" + expected.get(column) + "\" but was \"" + get(column) + '"')
                .collect(Collectors.joining("; "));
        return differences.isEmpty() ? Optional.empty() : Optional.of(differences);
    }

    @Override
    public String toString() {
        return Arrays.stream(Column.values()).filter(cells::containsKey).map(cells::get).collect(Collectors.joining(" | "));
    }
}
