package dev.mcpsession.benchmarks;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Question;
import dev.mcpsession.benchmarks.suite.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/// What to measure, as requested on the command line.
///
/// @param size      how thoroughly
/// @param questions the questions' names; empty means all
/// @param values    the values to measure, by parameter; a cell without the parameter is not measured
/// @param forks     the number of JVMs for each cell; if empty, that of the size for cells that bars or plots show, and one for the others
record Selection(Size size, List<String> questions, Map<String, List<String>> values, OptionalInt forks) implements Predicate<Cell> {

    private static final String FORKS = "forks";

    /// Reads arguments: a size, names of questions, and parameters.
    ///
    /// @throws IllegalArgumentException if an argument is none of these, or nothing would be measured
    static Selection of(List<String> arguments) {
        var size = Size.QUICK;
        var questions = new ArrayList<String>();
        var values = new LinkedHashMap<String, List<String>>();
        for (var argument : arguments) {
            var pair = argument.split("=", 2);
            if (pair.length == 2) values.put(pair[0], List.of(pair[1].split(",")));
            else if (names().contains(argument)) questions.add(argument);
            else size = sizeOf(argument);
        }
        var forks = values.remove(FORKS);
        var selection = new Selection(size, questions, values,
                forks == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(forks.getFirst())));
        selection.requireCells();
        return selection;
    }

    private static Size sizeOf(String argument) {
        return switch (argument) {
            case "smoke" -> Size.SMOKE;
            case "quick" -> Size.QUICK;
            case "full" -> Size.FULL;
            default -> throw new IllegalArgumentException("not a question and not a size: " + argument);
        };
    }

    private void requireCells() {
        if (forks.orElse(1) < 1) throw new IllegalArgumentException("forks must be at least 1: " + forks.getAsInt());
        if (Questions.ALL.stream().flatMap(question -> question.cells(size).stream()).noneMatch(this)) {
            throw new IllegalArgumentException("a run of this size has no such cells: " + values);
        }
    }

    /// The number of JVMs in which to measure a cell.
    int forks(Cell cell) {
        return forks.orElse(isShown(cell) ? size.forks() : 1);
    }

    private static boolean isShown(Cell cell) {
        return Bars.ALL.stream().anyMatch(bar -> bar.cells().contains(cell))
                || Plots.ALL.stream().anyMatch(plot -> plot.question().equals(cell.question()) && plot.wanted().test(cell));
    }

    static List<String> names() {
        return Questions.ALL.stream().map(Question::name).toList();
    }

    @Override
    public boolean test(Cell cell) {
        return (questions.isEmpty() || questions.contains(cell.question()))
                && values.entrySet().stream().allMatch(entry ->
                        entry.getValue().contains(cell.parameters().getOrDefault(entry.getKey(), "")));
    }
}
