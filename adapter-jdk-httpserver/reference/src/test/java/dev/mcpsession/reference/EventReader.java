package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Reads an event stream, block by block, as it comes.
final class EventReader {

    static final String END = "end";

    private final BlockingQueue<String> blocks = new LinkedBlockingQueue<>();

    EventReader(InputStream stream) {
        Thread.ofVirtual().name("event-reader").start(() -> read(stream));
    }

    private void read(InputStream stream) {
        var block = new StringBuilder();
        try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                block.append(line).append('\n');
                if (!line.isEmpty()) continue;
                blocks.add(block.toString());
                block.setLength(0);
            }
        } catch (IOException _) {
            // the server went away without an end: told as one
        }
        blocks.add(block + END);
    }

    /// The next block with the empty line behind it, or [#END].
    String next() throws InterruptedException {
        var block = blocks.poll(RunningServer.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertNotNull(block, "nothing came");
        return block;
    }
}
