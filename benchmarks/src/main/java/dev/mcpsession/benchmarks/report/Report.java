package dev.mcpsession.benchmarks.report;

import static java.util.stream.Collectors.joining;

import dev.mcpsession.benchmarks.suite.Question;
import dev.mcpsession.benchmarks.suite.RunFile;
import dev.mcpsession.benchmarks.suite.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A run as Markdown and pictures. It depends on the raw figures alone, so it can be created again at any time.
///
/// @param questions the questions, in the order of the report
/// @param bars      the goals for the figures
/// @param plots     the pictures
public record Report(List<Question> questions, List<Bar> bars, List<Plot> plots) {

    private static final String NAME = "report.md";

    /// Writes the report of a run, and its pictures.
    ///
    /// @param run       the run
    /// @param directory the directory to write to
    /// @param pictures  the subdirectory for the pictures
    /// @return the report
    /// @throws UncheckedIOException if it cannot be written
    public String write(RunFile run, Path directory, String pictures) {
        try {
            Files.createDirectories(directory.resolve(pictures));
            var markdown = markdown(run, directory, pictures);
            Files.writeString(directory.resolve(NAME), "# Benchmarks\n\n" + markdown);
            return markdown;
        } catch (IOException e) {
            throw new UncheckedIOException("report cannot be written: " + directory, e);
        }
    }

    private String markdown(RunFile run, Path directory, String pictures) throws IOException {
        var text = new StringBuilder();
        text.append(environment(run)).append(bars(run));
        for (var question : questions) {
            var table = new Table(question, run.results());
            if (table.isEmpty()) continue;
            text.append("## ").append(question.name()).append("\n\n").append(question.title()).append("\n\n");
            for (var plot : plots) {
                if (plot.question().equals(question.name())) text.append(picture(plot, run, directory, pictures));
            }
            text.append(table.markdown()).append('\n');
        }
        return text.append(failures(run)).toString();
    }

    private static String environment(RunFile run) {
        var forks = run.results().trials().stream().mapToInt(Trial::fork).max().orElse(0);
        return run.environment().entrySet().stream()
                .map(fact -> "- " + fact.getKey() + ": " + fact.getValue() + '\n').collect(joining())
                + "- forks: " + forks + "; one where a figure has no brackets\n\n"
                + "Figures are medians over forks, with the smallest and the largest in brackets. "
                + "†: other programs took more than a fifth of the machine meanwhile.\n\n";
    }

    private String bars(RunFile run) {
        return "## Bars\n\n| what | bar | measured | | protects |\n| :-- | --: | --: | :-- | :-- |\n"
                + bars.stream().map(bar -> bar.row(run.results())).collect(joining()) + '\n';
    }

    private static String picture(Plot plot, RunFile run, Path directory, String pictures) throws IOException {
        var svg = plot.draw(run.results());
        if (svg.isEmpty()) return "";
        var file = pictures + '/' + plot.file() + ".svg";
        Files.writeString(directory.resolve(file), svg);
        return "![" + plot.title() + "](" + file + ")\n\n";
    }

    private static String failures(RunFile run) {
        var failed = run.results().trials().stream().filter(Trial::isFailed).toList();
        if (failed.isEmpty()) return "";
        return failed.stream().map(trial -> "- " + trial.cell() + ", fork " + trial.fork() + ": "
                + trial.failure().lines().findFirst().orElse("") + '\n').collect(joining("", "## Failed\n\n", "\n"));
    }

    /// Puts the report of a run into a page, between two markers.
    ///
    /// @param run       the run
    /// @param page      the page, which contains the markers
    /// @param directory a directory for the pictures, beside the page
    /// @throws UncheckedIOException     if it cannot be written
    /// @throws IllegalArgumentException if the page has no markers
    public void publish(RunFile run, Path page, String directory) {
        try {
            Files.createDirectories(page.resolveSibling(directory));
            var report = markdown(run, page.toAbsolutePath().getParent(), directory);
            Files.writeString(page, Markers.replace(Files.readString(page), report));
        } catch (IOException e) {
            throw new UncheckedIOException("page cannot be written: " + page, e);
        }
    }
}
