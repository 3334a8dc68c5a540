package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.http.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private static CommandLine parse(String... args) {
        return CommandLine.parse(List.of(args));
    }

    private static Options options(String... args) {
        return assertInstanceOf(CommandLine.Serve.class, parse(args)).options();
    }

    @Test
    void parse_nothing_isTheDefaults() {
        assertEquals(Options.DEFAULT, options());
    }

    @Test
    void parse_everything_isTaken() {
        var options = options("--host", "0.0.0.0", "--port", "0", "--operator-port", "8081", "--ttl", "PT1.5S", "--revival", "PT0S", "--heartbeat", "PT0.2S", "--notice", "PT5S", "--grace", "PT30S",
                "--allow-host", "a.example", "--allow-host", "b.example:8443", "--allow-origin", "https://app.example",
                "--revisions", "2026-07-28,2025-11-25", "--backend", "jdbc:some://user:secret@host/db");

        assertEquals("0.0.0.0", options.host());
        assertEquals(0, options.port());
        assertEquals(8081, options.operatorPort());
        assertEquals(Duration.ofMillis(1_500), options.sessions().ttl());
        assertEquals(Duration.ZERO, options.sessions().revivalWindow());
        assertEquals(Duration.ofMillis(200), options.events().heartbeat());
        assertEquals(Duration.ofSeconds(5), options.notice());
        assertEquals(Duration.ofSeconds(30), options.grace());
        assertEquals(Set.of("a.example", "b.example:8443"), options.allowed().hosts());
        assertEquals(Set.of("https://app.example"), options.allowed().origins());
        assertEquals(Set.of(ProtocolVersion.V2025_11_25, ProtocolVersion.V2026_07_28), options.revisions());
        assertEquals("jdbc:some://user:secret@host/db", options.backend());
        assertEquals("jdbc:some", options.shownBackend());
    }

    @Test
    void parse_twice_takesTheLast() {
        assertEquals(2, options("--port", "1", "--port", "2").port());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --bogus                      | unknown option, see --help: --bogus
            --bogus 1                    | unknown option, see --help: --bogus
            serve                        | unknown option, see --help: serve
            --port                       | --port needs a value
            --port --host                | --port needs a value
            --port x                     | --port: must be a number from 0 to 65535: x
            --port -1                    | --port: must be a number from 0 to 65535: -1
            --port 65536                 | --port: must be a number from 0 to 65535: 65536
            --port 99999999999           | --port: must be a number from 0 to 65535: 99999999999
            --ttl 5                      | --ttl: must be an ISO-8601 duration, such as PT30M: 5
            --ttl PT0S                   | --ttl: ttl must be positive: PT0S
            --ttl PT-1S                  | --ttl: ttl must be positive: PT-1S
            --ttl PT0.0001S              | --ttl: must be at least 1 ms: PT0.0001S
            --ttl P999999D               | --ttl: must be at most a hundred years: P999999D
            --revival PT-1S              | --revival: revivalWindow must not be negative: PT-1S
            --notice PT-1S               | --notice: must not be negative: PT-1S
            --heartbeat PT0S             | --heartbeat: heartbeat must be 1 ms to 100 years: PT0S
            --revisions 2025-11-25,      | --revisions: must be of %s: %e
            --revisions 2025-11          | --revisions: must be of %s: 2025-11
            --allow-host a/b             | --allow-host: not an allowed form of host: a/b
            --allow-origin app.example   | --allow-origin: not an allowed form of origin: app.example
            """)
    void parse_wrong_saysWhatInOneLine(String args, String message) {
        var served = ProtocolVersion.served().stream().map(ProtocolVersion::toString).collect(Collectors.joining(","));
        var expected = message.replace("%s", served).replace("%e", "");

        assertEquals(new CommandLine.Misuse(expected), parse(args.split(" ")));
    }

    @Test
    void parse_help_namesEveryOption() {
        assertInstanceOf(CommandLine.Help.class, parse("--port", "x", "--help"));
        for (var option : List.of("--host", "--port", "--ttl", "--notice", "--grace", "--revival", "--heartbeat", "--allow-host", "--allow-origin", "--revisions", "--backend", "--operator-port")) {
            assertTrue(CommandLine.HELP.contains("  " + option + ' '), option);
        }
    }
}
