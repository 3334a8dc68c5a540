package dev.mcpsession.benchmarks.report;

import dev.mcpsession.benchmarks.suite.Metrics;
import java.util.List;

/// A chart of columns that start at zero, in groups, with values above them and the designs in a legend.
///
/// @param title   what is shown
/// @param x       the name of the parameter that groups columns
/// @param metric  the metric on the vertical axis
/// @param columns the columns
record ColumnChart(String title, String x, String metric, List<Column> columns) {

    private static final double LEFT = 96;
    private static final double RIGHT = Svg.WIDTH - 24;
    private static final double TOP = 84;
    private static final double BOTTOM = Svg.HEIGHT - 56;
    private static final int MAX_GRID_LINES = 6;
    private static final double LEGEND_STEP = 165;

    /// One column.
    ///
    /// @param group  the group it stands in
    /// @param design what it stands for
    /// @param value  its height
    record Column(String group, String design, double value) {}

    String svg() {
        var svg = new Svg(title);
        var groups = columns.stream().map(Column::group).distinct().toList();
        var designs = columns.stream().map(Column::design).distinct().toList();
        var highest = columns.stream().mapToDouble(Column::value).max().orElse(1);
        var step = roundStep(highest / MAX_GRID_LINES);
        var top = Math.ceil(highest / step) * step;
        for (var value = 0.0; value <= top; value += step) {
            svg.line(LEFT, y(value, top), RIGHT, y(value, top)).text(LEFT - 8, y(value, top) + 4, "end", "", Metrics.format(metric, value));
        }
        for (var i = 0; i < designs.size(); i++) {
            svg.rectangle(LEFT + i * LEGEND_STEP, 46, 12, 12, Svg.colour(i), designs.get(i))
                    .text(LEFT + i * LEGEND_STEP + 18, 57, "start", "", designs.get(i));
        }
        var width = (RIGHT - LEFT) / groups.size();
        groups.forEach(group -> svg.text(LEFT + (groups.indexOf(group) + 0.5) * width, BOTTOM + 20, "middle", "", group));
        columns.forEach(column -> draw(column, LEFT + groups.indexOf(column.group) * width, width, designs, top, svg));
        svg.text((LEFT + RIGHT) / 2, BOTTOM + 42, "middle", "", x).upright(18, (TOP + BOTTOM) / 2, Metrics.heading(metric));
        return svg.toString();
    }

    private void draw(Column column, double left, double groupWidth, List<String> designs, double top, Svg svg) {
        var width = groupWidth * 0.8 / designs.size();
        var x = left + groupWidth * 0.1 + designs.indexOf(column.design) * width;
        var y = y(column.value, top);
        var value = Metrics.format(metric, column.value);
        svg.rectangle(x + 1, y, width - 2, BOTTOM - y, Svg.colour(designs.indexOf(column.design)), column.design + ": " + value)
                .text(x + width / 2, y - 5, "middle", "value", value);
    }

    /// The smallest of 1, 2 or 5 times a power of ten that is not less.
    private static double roundStep(double least) {
        var power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
        return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
    }

    private static double y(double value, double top) {
        return BOTTOM - (BOTTOM - TOP) * value / top;
    }
}
