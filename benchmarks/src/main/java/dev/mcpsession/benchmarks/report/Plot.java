package dev.mcpsession.benchmarks.report;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Results;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A plot of one metric of a question over one parameter, with a line or a row of columns for each design.
///
/// @param file      the picture's file name, without its extension
/// @param title     what is shown
/// @param kind      the kind of plot
/// @param question  the question's name
/// @param metric    the metric's name
/// @param parameter the parameter on the horizontal axis
/// @param wanted    matches the cells to draw
public record Plot(String file, String title, Kind kind, String question, String metric, String parameter, Predicate<Cell> wanted) {

    /// A kind of plot.
    public enum Kind {
        /// Lines between points, on two logarithmic axes.
        LINES,
        /// A group of columns for each value, from zero.
        COLUMNS
    }

    /// Draws the plot.
    ///
    /// @param results the figures
    /// @return a picture in SVG, or an empty string if there is nothing to draw
    String draw(Results results) {
        var cells = results.cells(question).stream()
                .filter(wanted).filter(cell -> results.median(cell, metric).isPresent()).toList();
        if (cells.isEmpty()) return "";
        return switch (kind) {
            case LINES -> new LineChart(title, parameter, metric, lines(cells, results)).svg();
            case COLUMNS -> new ColumnChart(title, parameter, metric, columns(cells, results)).svg();
        };
    }

    private List<LineChart.Line> lines(List<Cell> cells, Results results) {
        return byDesign(cells).entrySet().stream().map(entry -> new LineChart.Line(entry.getKey(), entry.getValue().stream()
                .collect(Collectors.toMap(cell -> (double) cell.number(parameter), cell -> results.median(cell, metric).orElseThrow(),
                        (first, _) -> first, TreeMap::new)))).toList();
    }

    private List<ColumnChart.Column> columns(List<Cell> cells, Results results) {
        return cells.stream().map(cell ->
                new ColumnChart.Column(cell.text(parameter), cell.text("design"), results.median(cell, metric).orElseThrow())).toList();
    }

    private static Map<String, List<Cell>> byDesign(List<Cell> cells) {
        return cells.stream().collect(Collectors.groupingBy(cell -> cell.text("design"), LinkedHashMap::new, Collectors.toList()));
    }
}
