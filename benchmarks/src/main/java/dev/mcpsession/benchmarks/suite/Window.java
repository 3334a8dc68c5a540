package dev.mcpsession.benchmarks.suite;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;

/// The time of one measurement, and the load of the machine in it: from this process, from others, and from other guests of the host.
///
/// Processes that this one has started do not count as others, but their time is not in [Load#cpuNanos()]. The load from others is known on
/// Linux only, in steps of 10 ms.
public final class Window {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final Path MACHINE_STAT = Path.of("/proc/stat");

    private final Ticks ticks = Ticks.now(); // costs something itself, so it comes first
    private final long start = System.nanoTime();
    private final long cpu = cpuNanos();

    private Window() {}

    /// Opens a window.
    ///
    /// @return a window that began now
    public static Window open() {
        return new Window();
    }

    /// {@return the processor time of this process since its start, in nanoseconds}
    public static long cpuNanos() {
        return PROCESS.getProcessCpuTime();
    }

    /// {@return the load since the window was opened}
    public Load load() {
        var wall = System.nanoTime() - start;
        var used = cpuNanos() - cpu; // before the rest, which costs something itself
        var now = Ticks.now();
        var all = Math.max(1, now.all - ticks.all);
        var foreign = Math.max(0, (now.busy - ticks.busy) - (now.own - ticks.own));
        return new Load(wall, used, (double) foreign / all, (double) (now.stolen - ticks.stolen) / all);
    }

    /// The load in a window.
    ///
    /// @param wallNanos    its duration
    /// @param cpuNanos     the processor time of this process
    /// @param foreignShare the share of the machine that other processes took
    /// @param stolenShare  the share of the machine that its host gave to other guests
    public record Load(long wallNanos, long cpuNanos, double foreignShare, double stolenShare) {

        /// The load for figures that no load changes.
        public static final Load NONE = new Load(0, 0, 0, 0);

        static final String FOREIGN = "foreign_share";
        static final String STOLEN = "stolen_share";

        /// Adds the noise to measured figures.
        ///
        /// @param metrics receives two metrics
        public void addTo(Map<String, Double> metrics) {
            metrics.putIfAbsent(FOREIGN, foreignShare);
            metrics.putIfAbsent(STOLEN, stolenShare);
        }
    }

    private record Ticks(long all, long busy, long stolen, long own) {

        static Ticks now() {
            try {
                if (!Files.isReadable(MACHINE_STAT)) return new Ticks(0, 0, 0, 0);
                var machine = numbers(Files.readAllLines(MACHINE_STAT).getFirst().replaceFirst("cpu +", ""));
                return new Ticks(
                        Arrays.stream(machine).limit(8).sum(),
                        machine[0] + machine[1] + machine[2] + machine[5] + machine[6], // user nice system irq softirq
                        machine[7],
                        ours());
            } catch (IOException e) {
                throw new IllegalStateException("reading the load of the machine failed", e);
            }
        }

        private static long ours() {
            var self = ProcessHandle.current();
            return Stream.concat(Stream.of(self), self.descendants()).mapToLong(Ticks::timeOf).sum();
        }

        /// The time of a process, including its children that have ended.
        private static long timeOf(ProcessHandle process) {
            try {
                var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
                var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                return Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum();
            } catch (IOException _) {
                return 0; // it has just ended
            }
        }

        private static long[] numbers(String line) {
            return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        }
    }
}
