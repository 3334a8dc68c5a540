package dev.mcpsession.benchmarks.report;

/// The part of a page that is written by the suite.
final class Markers {

    private static final String BEGIN = "<!-- report: begin -->";
    private static final String END = "<!-- report: end -->";

    private Markers() {}

    static String replace(String page, String part) {
        var begin = page.indexOf(BEGIN);
        var end = page.indexOf(END);
        if (begin < 0 || end < begin) throw new IllegalArgumentException("page must have the markers " + BEGIN + " and " + END);
        return page.substring(0, begin) + BEGIN + "\n\n" + part + '\n' + page.substring(end);
    }
}
