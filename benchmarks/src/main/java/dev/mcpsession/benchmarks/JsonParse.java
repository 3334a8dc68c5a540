package dev.mcpsession.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.mcpsession.benchmarks.suite.Cell;
import dev.mcpsession.benchmarks.suite.Grid;
import dev.mcpsession.benchmarks.suite.JmhQuestion;
import dev.mcpsession.benchmarks.suite.Size;
import dev.mcpsession.json.Json;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What does it cost to parse a JSON document, to find the method in it, and to write it?
///
/// Data: messages of an MCP server, small and large. Unit: nanoseconds.
///
/// `mvn -q -Pbenchmarks verify -Dbenchmarks.args="JsonParse"`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(NANOSECONDS)
public class JsonParse {

    /// A document, by size.
    public enum Document {

        /// The first request of a client: 0.2 kB.
        INITIALIZE("""
                {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
                "capabilities":{"roots":{"listChanged":true},"sampling":{}},\
                "clientInfo":{"name":"example","version":"1.0.0"}}}"""),

        /// The answer to `tools/list` with 100 tools: 24 kB.
        TOOLS("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[" + """
                {"name":"query","title":"Run a query","description":"Reads \\"orders\\" \\u2014 at most 1000 rows.",\
                "inputSchema":{"type":"object","properties":{"sql":{"type":"string"},"limit":{"type":"integer",\
                "minimum":1,"maximum":1e3}},"required":["sql"]}},""".repeat(99) + "{\"name\":\"last\"}]}}");

        private final byte[] utf8;

        Document(String text) {
            utf8 = text.getBytes(UTF_8);
        }
    }

    /// The document of this run.
    @Param
    public Document document;

    private Json json;

    static JmhQuestion question() {
        return new JmhQuestion(JsonParse.class,
                "What does it cost to read a JSON document, to find a method in it, and to write it again?",
                List.of("time_ns", "allocated_bytes"), List.of(), "", JsonParse::cells);
    }

    private static List<Cell> cells(Size size) {
        return Grid.of(JsonParse.class.getSimpleName())
                .each("document", size == Size.FULL ? Document.values() : new Object[] {Document.INITIALIZE})
                .each("operation", "parse", "peek", "write").cells();
    }

    /// Parses the document that [#write] writes.
    @Setup
    public void parseOnce() {
        json = Json.parse(document.utf8);
    }

    /// Parses bytes to a tree.
    ///
    /// @return the tree
    @Benchmark
    public Json parse() {
        return Json.parse(document.utf8);
    }

    /// Parses bytes to a tree of the method alone; the rest is checked too.
    ///
    /// @return the tree
    @Benchmark
    public Json peek() {
        return Json.parse(document.utf8, path -> path.size() == 1 && path.getFirst().equals("method"));
    }

    /// Writes a tree as bytes.
    ///
    /// @return the bytes
    @Benchmark
    public byte[] write() {
        return json.toUtf8();
    }
}
