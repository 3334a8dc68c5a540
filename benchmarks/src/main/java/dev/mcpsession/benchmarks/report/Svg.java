package dev.mcpsession.benchmarks.report;

import java.util.Locale;

/// A picture on a card with its own background, so that it is readable on a page of any colour. The card is dark if the reader prefers a
/// dark scheme.
final class Svg {

    static final int WIDTH = 760;
    static final int HEIGHT = 420;

    private static final String[] LIGHT = {"#0b62c4", "#b3261e", "#7a5c00", "#7b3fb5", "#57606a", "#0a7a4b"};
    private static final String[] DARK = {"#6cb0ff", "#ff8a80", "#e3b341", "#d2a8ff", "#9aa4af", "#56d39a"};

    private final StringBuilder body = new StringBuilder();

    Svg(String title) {
        add("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img" \
                font-family="system-ui, sans-serif" font-size="13">
                <title>%3$s</title>
                <style>
                %4$s@media (prefers-color-scheme: dark) {
                %5$s}
                </style>
                <rect class="card" x="0.5" y="0.5" width="759" height="419" rx="6"/>
                """, WIDTH, HEIGHT, escaped(title),
                style(LIGHT, "#ffffff", "#1f2328", "#d0d7de"), style(DARK, "#0d1117", "#e6edf3", "#3d444d"));
        text(16, 26, "start", "title", title);
    }

    private static String style(String[] colours, String card, String ink, String grid) {
        var style = new StringBuilder("""
                .card{fill:%1$s;stroke:%3$s} text{fill:%2$s} .grid{stroke:%3$s}
                .title{font-size:15px;font-weight:600} .value{font-size:10px}
                """.formatted(card, ink, grid));
        for (var i = 0; i < colours.length; i++) {
            style.append(".s").append(i).append("{fill:").append(colours[i]).append("} .l").append(i)
                    .append("{stroke:").append(colours[i]).append(";fill:none;stroke-width:2}\n");
        }
        return style.toString();
    }

    /// A series has the same colour in every picture of a report as long as the designs keep one order.
    static int colour(int series) {
        return series % LIGHT.length;
    }

    Svg text(double x, double y, String anchor, String style, String text) {
        return add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>%n", x, y, anchor, style, escaped(text));
    }

    Svg upright(double x, double y, String text) {
        return add("<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>%n", x, y, escaped(text));
    }

    Svg line(double x1, double y1, double x2, double y2) {
        return add("<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", x1, y1, x2, y2);
    }

    Svg path(String points, int colour) {
        return add("<polyline class=\"l%d\" points=\"%s\"/>%n", colour, points);
    }

    Svg dot(double x, double y, int colour, String tip) {
        return add("<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>%n", colour, x, y, escaped(tip));
    }

    Svg rectangle(double x, double y, double width, double height, int colour, String tip) {
        return add("<rect class=\"s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s</title></rect>%n",
                colour, x, y, width, height, escaped(tip));
    }

    private Svg add(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values));
        return this;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public String toString() {
        return body + "</svg>\n";
    }
}
