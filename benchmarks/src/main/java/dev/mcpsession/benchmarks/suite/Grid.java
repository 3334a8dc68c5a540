package dev.mcpsession.benchmarks.suite;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Cells for every combination of some values. The last parameter changes fastest: if it is the design, designs that are compared run one
/// after the other. Immutable.
///
/// @param cells the combinations so far
public record Grid(List<Cell> cells) {

    /// Returns a grid of one cell without parameters.
    ///
    /// @param question the question's name
    /// @return a new grid
    public static Grid of(String question) {
        return new Grid(List.of(Cell.of(question)));
    }

    /// Adds a parameter.
    ///
    /// @param parameter its name
    /// @param values    its values
    /// @return a grid with one copy of each cell per value
    public Grid each(String parameter, Object... values) {
        return new Grid(cells.stream().flatMap(cell -> Stream.of(values).map(value -> cell.with(parameter, value))).toList());
    }

    /// Removes cells.
    ///
    /// @param unwanted matches the cells to remove
    /// @return a smaller grid
    public Grid without(Predicate<Cell> unwanted) {
        return new Grid(cells.stream().filter(unwanted.negate()).toList());
    }

    /// {@return the cells of several grids, in their order and without duplicates}
    ///
    /// @param grids the grids
    public static List<Cell> union(Grid... grids) {
        return List.copyOf(new LinkedHashSet<>(Stream.of(grids).flatMap(grid -> grid.cells.stream()).toList()));
    }
}
