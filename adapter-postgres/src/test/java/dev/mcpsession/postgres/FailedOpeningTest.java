package dev.mcpsession.postgres;

import static dev.mcpsession.contract.Await.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.BroadcasterException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.postgresql.ds.PGSimpleDataSource;

/// A broadcaster that cannot be opened.
@Timeout(60)
@Isolated // counts the threads of this JVM
class FailedOpeningTest {

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();

    @Test
    void open_fails_leavesNothing() throws Exception {
        DATABASE.database().execute("alter table mcp_event drop column created_at"); // queried late
        var source = new PGSimpleDataSource();
        source.setURL(DATABASE.database().url());
        source.setApplicationName("opening");
        var before = threads();

        for (var n = 0; n < 20; n++) {
            assertThrows(BroadcasterException.class, () -> DATABASE.open(source, BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT));
        }

        await("all connections are closed",
                () -> DATABASE.ask("select count(*) from pg_stat_activity where application_name = 'opening'").equals("0"));
        assertTrue(threads() <= before, "threads are left");
    }

    /// The number of virtual threads of the library.
    private static long threads() throws Exception {
        var dump = Files.createTempDirectory("threads").resolve("dump");
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, "" + ProcessHandle.current().pid(), "Thread.dump_to_file", dump.toString()).start();
        assertEquals(0, process.waitFor());
        try (var lines = Files.lines(dump)) {
            return lines.filter(line -> line.contains("\"mcp-")).count();
        }
    }
}
