package dev.mcpsession.benchmarks.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The memory of this JVM.
public final class Heap {

    private static final int COLLECTIONS = 4;

    private Heap() {}

    /// Measures the used heap after a few collections, because some objects are unlinked by one collection and freed by the next.
    ///
    /// @return bytes
    /// @throws InterruptedException if the calling thread was interrupted
    public static long used() throws InterruptedException {
        for (var i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(20);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// Returns the resident memory of this process.
    ///
    /// @return bytes; 0 where it is unknown, which is everywhere but on Linux
    public static long resident() {
        var status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) return 0;
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).orElse(0L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
