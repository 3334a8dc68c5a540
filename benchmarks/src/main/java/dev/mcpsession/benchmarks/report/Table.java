package dev.mcpsession.benchmarks.report;

import static java.util.stream.Collectors.joining;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Metrics;
import dev.mcpsession.benchmarks.suite.Question;
import dev.mcpsession.benchmarks.suite.Results;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/// The cells of a question as a Markdown table: a row for each, with its parameters, its metrics, and their ratios to the baseline.
/// Parameters that are equal in all rows go into the caption; metrics that no row has are left out.
final class Table {

    static final String DISTURBED = " †";

    private final Question question;
    private final Results results;
    private final List<Cell> cells;
    private final List<String> parameters;
    private final List<String> metrics;
    private final List<String> compared;

    Table(Question question, Results results) {
        this.question = question;
        this.results = results;
        cells = results.cells(question.name());
        parameters = names().filter(name -> values(name) > 1).toList();
        metrics = question.metrics().stream().filter(this::isMeasured).toList();
        compared = question.compared().stream().filter(this::isMeasured).toList();
    }

    private Stream<String> names() {
        return cells.stream().flatMap(cell -> cell.parameters().keySet().stream()).distinct();
    }

    private int values(String name) {
        return new LinkedHashSet<>(cells.stream().map(cell -> cell.parameters().get(name)).toList()).size();
    }

    private boolean isMeasured(String metric) {
        return cells.stream().anyMatch(cell -> !results.values(cell, metric).isEmpty());
    }

    boolean isEmpty() {
        return cells.isEmpty();
    }

    String markdown() {
        var head = Stream.of(parameters.stream(), metrics.stream().map(Metrics::heading),
                compared.stream().map(metric -> Metrics.heading(metric) + " ÷ " + question.baseline())).flatMap(column -> column).toList();
        var rule = "|" + " :-- |".repeat(parameters.size()) + " --: |".repeat(metrics.size() + compared.size()) + '\n';
        return caption() + row(head) + rule + cells.stream().map(this::row).collect(joining());
    }

    private String caption() {
        var same = names().filter(name -> values(name) == 1)
                .map(name -> name + ' ' + cells.getFirst().text(name)).collect(joining(", "));
        return same.isEmpty() ? "" : "In all rows: " + same + ".\n\n";
    }

    private String row(Cell cell) {
        var failed = results.counting(cell).isEmpty();
        return row(Stream.of(values(cell),
                failed ? Stream.of("failed") : Stream.<String>empty(),
                metrics.stream().skip(failed ? 1 : 0).map(metric -> value(cell, metric)),
                compared.stream().map(metric -> ratio(cell, metric))).flatMap(column -> column).toList());
    }

    private Stream<String> values(Cell cell) {
        var mark = results.isDisturbed(cell) ? DISTURBED : "";
        return parameters.stream().map(name -> cell.parameters().getOrDefault(name, "")
                + (name.equals(parameters.getLast()) ? mark : ""));
    }

    private String value(Cell cell, String metric) {
        var values = results.values(cell, metric);
        var median = results.median(cell, metric);
        if (median.isEmpty()) return "";
        var text = Metrics.format(metric, median.getAsDouble());
        return values.size() == 1 ? text
                : text + " [" + Metrics.format(metric, values.getFirst()) + " – " + Metrics.format(metric, values.getLast()) + ']';
    }

    private String ratio(Cell cell, String metric) {
        var ratio = results.ratio(cell, cell.with("design", question.baseline()), metric);
        return ratio.isPresent() ? Metrics.ratio(ratio.getAsDouble()) : "";
    }

    private static String row(List<String> columns) {
        return columns.stream().collect(joining(" | ", "| ", " |\n"));
    }
}
