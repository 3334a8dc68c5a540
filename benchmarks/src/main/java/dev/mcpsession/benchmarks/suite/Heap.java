package dev.mcpsession.benchmarks.suite;

/// The heap of this JVM.
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
}
