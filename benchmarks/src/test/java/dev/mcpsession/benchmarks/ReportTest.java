package dev.mcpsession.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.benchmarks.fanout.FanOuts;
import dev.mcpsession.benchmarks.report.Bar;
import dev.mcpsession.benchmarks.report.Report;
import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Metrics;
import dev.mcpsession.benchmarks.suite.Results;
import dev.mcpsession.benchmarks.suite.RunFile;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.benchmarks.suite.Trial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The report on made-up figures.
class ReportTest {

    private static final Cell OURS = DeliveryLatency.cell(10_000, FanOuts.MCP_SESSION);
    private static final Cell TEXTBOOK = DeliveryLatency.cell(10_000, FanOuts.SINGLE_LOCK);
    private static final Report REPORT = new Report(Questions.ALL, Bars.ALL, Plots.ALL);

    private final RunFile run = new RunFile(new LinkedHashMap<>(Map.of("commit", "abc")), new Results());

    private void measured(Cell cell, int fork, int attempt, double nanos, double foreign) {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("publish_p50_ns", nanos);
        metrics.put("wake_one_p50_ns", 4_000.0);
        metrics.put("foreign_share", foreign);
        run.results().add(new Trial(cell, fork, attempt, metrics, "", 1));
    }

    @Test
    void write_severalForks_showsMedianSpreadRatioAndBar(@TempDir Path directory) {
        for (var fork = 1; fork <= 3; fork++) {
            measured(OURS, fork, 1, 10_000 * fork, 0);
            measured(TEXTBOOK, fork, 1, 8_000_000, 0);
        }

        var report = REPORT.write(run, directory, "plots");

        assertTrue(report.contains("| mcp-session | 20 µs [10 µs – 30 µs] | 4 µs [4 µs – 4 µs] | 1/400 |"), report);
        assertTrue(report.contains("| publish p50, 10,000 parked ÷ waking one thread | ≤ 10 | 5 | pass | The same"), report);
        assertTrue(report.contains("not measured"), report);
    }

    @Test
    void row_missedWithAnException_printsItsReason(@TempDir Path directory) {
        measured(OURS, 1, 1, 10_000, 0);
        var bar = Bar.atMost("publish", 1, "publish_p50_ns", OURS).protects("Speed.");

        var strict = new Report(List.of(), List.of(bar), List.of()).write(run, directory, "plots");
        var lenient = new Report(List.of(), List.of(bar.exception("old disk")), List.of()).write(run, directory, "plots");

        assertTrue(strict.contains("| publish | ≤ 1 | 10000 | **fail** | Speed. |"), strict);
        assertTrue(lenient.contains("| publish | ≤ 1 | 10000 | exception: old disk | Speed. |"), lenient);
    }

    @Test
    void write_disturbedTwice_countsTheLesserAndMarksIt(@TempDir Path directory) {
        measured(OURS, 1, 1, 30_000, 0.5);
        measured(OURS, 1, 2, 20_000, 0.3);

        var report = REPORT.write(run, directory, "plots");

        assertEquals(List.of(20_000.0), run.results().values(OURS, "publish_p50_ns"));
        assertTrue(report.contains("†:"), report);
        assertTrue(run.results().isDisturbed(OURS));
    }

    @Test
    void write_failedTrial_isListed(@TempDir Path directory) {
        run.results().add(new Trial(OURS, 1, 1, new LinkedHashMap<>(), "readers still waiting", 1));

        var report = REPORT.write(run, directory, "plots");

        assertTrue(report.contains("| failed |") && report.contains(": readers still waiting"), report);
    }

    @Test
    void read_written_isTheSame(@TempDir Path directory) {
        measured(OURS, 1, 1, 1.5, 0);

        run.write(directory);

        assertEquals(run.results().trials(), RunFile.read(directory).results().trials());
        assertEquals(run.environment(), RunFile.read(directory).environment());
    }

    @Test
    void publish_pageWithMarkers_replacesWhatIsBetween(@TempDir Path directory) throws Exception {
        var page = directory.resolve("README.md");
        Files.writeString(page, "before\n<!-- report: begin -->\nold\n<!-- report: end -->\nafter\n");
        measured(OURS, 1, 1, 10_000, 0);
        measured(DeliveryLatency.cell(100, FanOuts.MCP_SESSION), 1, 1, 5_000, 0);

        REPORT.publish(run, page, "plots");

        var text = Files.readString(page);
        assertTrue(text.startsWith("before\n") && text.endsWith("after\n"), text);
        assertFalse(text.contains("old"), text);
        var plot = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(directory.resolve("plots/publish-parked.svg").toFile());
        assertEquals("svg", plot.getDocumentElement().getTagName());
    }

    @Test
    void cells_ofAFullRun_includeEveryCellOfEveryBar() {
        var measured = Questions.ALL.stream().flatMap(question -> question.cells(Size.FULL).stream()).toList();
        var quickly = Questions.ALL.stream().flatMap(question -> question.cells(Size.QUICK).stream()).toList();
        var missing = new ArrayList<>(Bars.ALL.stream().flatMap(bar -> bar.cells().stream()).toList());

        missing.removeIf(cell -> measured.contains(cell) && quickly.contains(cell));

        assertEquals(List.of(), missing);
    }

    @Test
    void of_unknownArguments_areRefusedByName() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Selection.of(List.of("Nothing"))).getMessage().contains("Nothing"));
        assertThrows(IllegalArgumentException.class, () -> Selection.of(List.of("Addressed", "subscribers=17")));
    }

    @Test
    void format_units_keepThreeDigits() {
        assertEquals("26.1 µs", Metrics.format("publish_p50_ns", 26_130));
        assertEquals("1.23 M/s", Metrics.format("operations_per_s", 1_234_000));
        assertEquals("64 B", Metrics.format("heap_bytes", 64));
        assertEquals("1/285", Metrics.ratio(1 / 285.0));
        assertEquals("0.640", Metrics.ratio(0.64));
    }
}
