package dev.mcpsession.benchmarks.report;

import static java.util.stream.Collectors.joining;

import dev.mcpsession.benchmarks.suite.Metrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/// A chart of lines over two logarithmic axes, each with its name at its right end.
///
/// @param title  what is shown
/// @param x      the name of the horizontal axis
/// @param metric the metric on the vertical axis
/// @param lines  the points by their place on the horizontal axis
record LineChart(String title, String x, String metric, List<Line> lines) {

    private static final double LEFT = 84;
    private static final double RIGHT = Svg.WIDTH - 170;
    private static final double TOP = 48;
    private static final double BOTTOM = Svg.HEIGHT - 56;
    private static final double LABEL_HEIGHT = 16;

    /// One line.
    ///
    /// @param name   what it stands for
    /// @param points its points
    record Line(String name, SortedMap<Double, Double> points) {}

    private record Label(int colour, String text, double y) {}

    String svg() {
        var svg = new Svg(title);
        var decades = decades(line -> line.points().values().stream().mapToDouble(y -> y));
        for (var decade = decades[0]; decade <= decades[1]; decade++) {
            var y = y(Math.pow(10, decade), decades);
            svg.line(LEFT, y, RIGHT, y).text(LEFT - 8, y + 4, "end", "", Metrics.format(metric, Math.pow(10, decade)));
        }
        lines.stream().flatMap(line -> line.points().keySet().stream()).distinct().forEach(value ->
                svg.text(x(value), BOTTOM + 20, "middle", "", String.format(Locale.ROOT, "%,.0f", value)));
        svg.text((LEFT + RIGHT) / 2, BOTTOM + 42, "middle", "", x + " (log)")
                .upright(18, (TOP + BOTTOM) / 2, Metrics.heading(metric) + " (log)");
        for (var i = 0; i < lines.size(); i++) draw(lines.get(i), Svg.colour(i), decades, svg);
        labels(decades).forEach(label -> svg.text(RIGHT + 12, label.y + 4, "start", "s" + label.colour, label.text));
        return svg.toString();
    }

    private void draw(Line line, int colour, int[] decades, Svg svg) {
        svg.path(line.points().entrySet().stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point.getKey()), y(point.getValue(), decades)))
                .collect(joining(" ")), colour);
        line.points().forEach((x, y) -> svg.dot(x(x), y(y, decades), colour,
                line.name() + ", " + Metrics.digits(x) + ": " + Metrics.format(metric, y)));
    }

    /// The names from top to bottom, moved apart where lines end close to each other.
    private List<Label> labels(int[] decades) {
        var labels = new ArrayList<Label>();
        for (var i = 0; i < lines.size(); i++) {
            labels.add(new Label(Svg.colour(i), lines.get(i).name(), y(lines.get(i).points().lastEntry().getValue(), decades)));
        }
        labels.sort(Comparator.comparingDouble(Label::y));
        for (var i = 1; i < labels.size(); i++) {
            var label = labels.get(i);
            labels.set(i, new Label(label.colour, label.text, Math.max(label.y, labels.get(i - 1).y + LABEL_HEIGHT)));
        }
        return labels;
    }

    private int[] decades(Function<Line, DoubleStream> values) {
        var range = lines.stream().flatMapToDouble(values).filter(value -> value > 0).summaryStatistics();
        var low = (int) Math.floor(Math.log10(range.getMin()));
        return new int[] {low, Math.max(low + 1, (int) Math.ceil(Math.log10(range.getMax())))};
    }

    private double x(double value) {
        var range = lines.stream().flatMapToDouble(line -> line.points().keySet().stream().mapToDouble(x -> x)).summaryStatistics();
        var width = Math.max(1e-9, Math.log10(range.getMax() / range.getMin()));
        return LEFT + 24 + (RIGHT - LEFT - 48) * Math.log10(value / range.getMin()) / width;
    }

    private static double y(double value, int[] decades) {
        return BOTTOM - (BOTTOM - TOP) * (Math.log10(Math.max(value, Math.pow(10, decades[0]))) - decades[0]) / (decades[1] - decades[0]);
    }
}
