package dev.mcpsession.reference.conformance;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The outcome of a client's trial, up to where it ended. Immutable.
///
/// @param cells the observations by column
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

    /// Returns a copy with one more cell.
    Outcome with(Column column, String seen) {
        var more = new TreeMap<>(cells);
        more.put(column, seen);
        return new Outcome(more);
    }

    /// Returns a copy without the columns after the given one.
    Outcome upTo(Column last) {
        return new Outcome(cells.entrySet().stream().filter(cell -> cell.getKey().compareTo(last) <= 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /// All cells in the order of columns.
    Stream<String> all() {
        return Arrays.stream(Column.values()).map(this::get);
    }

    /// The observation, or a text for a column that the trial did not reach.
    String get(Column column) {
        return cells.getOrDefault(column, "failed");
    }

    /// Whether it falls short of a client that receives every event, always reconnects, and deletes its session.
    boolean isShort() {
        return !get(Column.CALLS).equals(CALLS) || !get(Column.HEARS).equals(ALL) || !get(Column.HEARS_LATER).equals(ALL)
                || !get(Column.AFTER_CUT).endsWith(ALL) || !Set.of(DELETES, NOT_THERE).contains(get(Column.ENDS));
    }

    /// The difference from the expected outcome, or empty if there is none.
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
