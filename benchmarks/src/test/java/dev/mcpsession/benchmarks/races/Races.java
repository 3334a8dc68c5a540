package dev.mcpsession.benchmarks.races;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;

/// Runs the races of this package under jcstress: quickly, unless the arguments choose another mode. Fails if an outcome was
/// seen that must not be, and also if there was nothing to run: a race that could not take place proves nothing.
public final class Races {

    /// Few states at a time: some of these wait for one another, and the last of many would be long in coming.
    private static final List<String> QUICKLY =
            List.of("-m", "quick", "-iters", "2", "-time", "300", "-strideSize", "64", "-strideCount", "8", "-sc", "false");

    private Races() {}

    /// Runs them.
    ///
    /// @param args jcstress' own options, such as `-t WakeUps`
    public static void main(String[] args) throws Exception {
        var options = new Options(completed(List.of(args)).toArray(String[]::new));
        if (!options.parse()) throw new IllegalArgumentException("options must be those of jcstress: " + String.join(" ", args));
        if (options.getCPUCount() < 2) throw new IllegalStateException("races need 2 processors: " + options.getCPUCount());
        var races = new JCStress(options);
        if (races.getTests().isEmpty()) throw new IllegalArgumentException("races must match: " + options.getTestFilter());
        races.run();
    }

    private static List<String> completed(List<String> args) {
        var all = new ArrayList<>(args);
        all.addAll(List.of("-r", "report"));
        if (!args.contains("-m")) all.addAll(QUICKLY);
        return all;
    }
}
