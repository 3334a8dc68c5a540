package dev.mcpsession.benchmarks.suite;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Cells for every combination of some values. What is named last changes fastest: name the design last, and designs that are
/// compared run one after the other. Immutable.
///
/// @param cells the combinations so far
public record Grid(List<Cell> cells) {

    /// Begins with one cell without parameters.
    ///
    /// @param question the question's name
    /// @return a new grid
    public static Grid of(String question) {
        return new Grid(List.of(Cell.of(question)));
    }

    /// Has a parameter.
    ///
    /// @param parameter its name
    /// @param values    its values
    /// @return a grid of so many times more cells
    public Grid each(String parameter, Object... values) {
        return new Grid(cells.stream().flatMap(cell -> Stream.of(values).map(value -> cell.with(parameter, value))).toList());
    }

    /// Leaves out cells.
    ///
    /// @param unwanted which
    /// @return a smaller grid
    public Grid without(Predicate<Cell> unwanted) {
        return new Grid(cells.stream().filter(unwanted.negate()).toList());
    }

    /// All cells of some grids, each once.
    ///
    /// @param grids the grids
    /// @return the cells in the order of the grids
    public static List<Cell> union(Grid... grids) {
        return List.copyOf(new LinkedHashSet<>(Stream.of(grids).flatMap(grid -> grid.cells.stream()).toList()));
    }
}
