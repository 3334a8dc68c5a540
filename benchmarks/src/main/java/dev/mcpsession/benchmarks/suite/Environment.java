package dev.mcpsession.benchmarks.suite;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/// Describes the environment of a run: what is needed to repeat it.
final class Environment {

    private Environment() {}

    static SequencedMap<String, String> describe(List<String> flags) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("machine", machine());
        facts.put("system", System.getProperty("os.name") + ' ' + System.getProperty("os.version"));
        facts.put("JVM", System.getProperty("java.vm.name") + ' ' + Runtime.version());
        facts.put("flags", String.join(" ", flags));
        facts.put("commit", commit());
        return facts;
    }

    private static String machine() {
        var runtime = Runtime.getRuntime();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return String.format(Locale.ROOT, "%s, %d processors, %d GiB",
                processor(), runtime.availableProcessors(), Math.round(system.getTotalMemorySize() / (double) (1 << 30)));
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(System.getProperty("os.arch"));
        } catch (IOException _) {
            return System.getProperty("os.arch"); // not Linux
        }
    }

    private static String commit() {
        var commit = git("rev-parse", "--short=12", "HEAD");
        if (commit.isEmpty()) return "unknown";
        return git("status", "--porcelain").isEmpty() ? commit : commit + " with changes";
    }

    private static String git(String... arguments) {
        try {
            var command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? answer : "";
        } catch (IOException _) {
            return ""; // no git here
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
