package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.mcpsession.contract.EventBlocks;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Reads an event stream block by block as it arrives.
final class EventReader {

    static final String END = "end";

    private final BlockingQueue<String> blocks = new LinkedBlockingQueue<>();

    EventReader(InputStream stream) {
        Thread.ofVirtual().name("event-reader").start(() -> read(stream));
    }

    private void read(InputStream stream) {
        try (var all = new EventBlocks(stream)) {
            for (var block = all.next(); block.isPresent(); block = all.next()) blocks.add(block.get().text());
        } catch (IOException _) {
            // the server disappeared without an end, which is reported as one
        }
        blocks.add(END);
    }

    /// The next block, including the empty line after it, or [#END].
    String next() throws InterruptedException {
        var block = blocks.poll(RunningServer.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertNotNull(block, "nothing came");
        return block;
    }
}
