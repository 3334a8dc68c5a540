package dev.mcpsession.http;

import static java.lang.System.Logger.Level.WARNING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FailureLogTest {

    @Test
    void add_manyAtOnce_countsAllAndLogsOne() {
        for (var round = 0; round < 1_000; round++) {
            var lines = new Lines();
            var failures = new FailureLog(lines, WARNING);

            IntStream.range(0, 64).parallel().forEach(_ -> failures.add(_ -> "failed"));

            assertEquals(List.of("failed"), lines.all());
            assertEquals(64, failures.total());
        }
    }

    @Test
    void add_several_logsTheirTotalAndTheCause() {
        var lines = new Lines();
        var failures = new FailureLog(lines, WARNING);

        failures.add(3, total -> total + " failures", new IllegalStateException("why"));
        failures.add(4, total -> total + " failures", null);

        assertEquals(List.of("3 failures: why"), lines.all());
        assertEquals(7, failures.total());
    }
}
