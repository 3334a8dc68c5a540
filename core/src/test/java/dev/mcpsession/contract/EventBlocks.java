package dev.mcpsession.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Optional;

/// Reads an event stream block by block, without interpreting it. Used by one thread.
public final class EventBlocks implements AutoCloseable {

    private final BufferedReader lines;

    public EventBlocks(InputStream stream) {
        lines = new BufferedReader(new InputStreamReader(stream, UTF_8));
    }

    /// The lines up to an empty one.
    ///
    /// @param text the lines, with the empty one at the end
    public record Block(String text) {

        public Optional<String> id() {
            return value("id: ");
        }

        public Optional<String> data() {
            return value("data: ");
        }

        public List<String> comments() {
            return text.lines().filter(line -> line.startsWith(":")).toList();
        }

        private Optional<String> value(String field) {
            return text.lines().filter(line -> line.startsWith(field)).map(line -> line.substring(field.length())).findFirst();
        }
    }

    /// Returns the next block, or empty at the end of the stream. A block that the end cuts off is dropped.
    public Optional<Block> next() throws IOException {
        var text = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            text.append(line).append('\n');
            if (line.isEmpty()) return Optional.of(new Block(text.toString()));
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
