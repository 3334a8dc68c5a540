package dev.mcpsession.reference.conformance;

import java.util.List;

/// The outcome of a scenario.
sealed interface Verdict {

    /// The scenario passed as required.
    ///
    /// @param checks the number of its own checks
    record Passed(long checks) implements Verdict {}

    /// It failed.
    ///
    /// @param why the reasons, one per line
    record Failed(List<String> why) implements Verdict {}

    /// Judges more strictly than the suite, which accepts a scenario that has checked nothing.
    ///
    /// @param status the exit status of the suite
    /// @param checks the checks that it has recorded
    static Verdict of(int status, List<Check> checks) {
        var shortfalls = checks.stream().filter(check -> check.status().isShort()).map(Check::toString).toList();
        if (!shortfalls.isEmpty()) return new Failed(shortfalls);
        var successes = checks.stream().filter(check -> check.isOwn() && check.status() == Check.Status.SUCCESS).count();
        if (successes == 0) return failed("ran no check of its own; exit status " + status);
        return status == 0 ? new Passed(successes) : failed("exit status " + status);
    }

    private static Verdict failed(String why) {
        return new Failed(List.of(why));
    }
}
