package dev.mcpsession.reference.conformance;

import java.util.List;
import java.util.Optional;

/// The outcome of a scenario.
sealed interface Verdict {

    /// The scenario passed as required.
    ///
    /// @param checks the number of its own checks
    record Passed(long checks) implements Verdict {}

    /// It did not pass, as expected.
    ///
    /// @param excuse the reason
    record Excused(Excuse excuse) implements Verdict {}

    /// It failed unexpectedly, or passed unexpectedly.
    ///
    /// @param why the reasons, one per line
    record Failed(List<String> why) implements Verdict {}

    /// Judges more strictly than the suite, which accepts a scenario that has checked nothing.
    ///
    /// @param status the exit status of the suite
    /// @param checks the checks that it has recorded
    /// @param excuse why the scenario cannot pass; if present, it must not
    static Verdict of(int status, List<Check> checks, Optional<Excuse> excuse) {
        var shortfalls = checks.stream().filter(check -> check.status().isShort()).toList();
        if (shortfalls.isEmpty()) return ofNoShortfall(status, checks, excuse);
        return excuse.filter(reason -> shortfalls.stream().allMatch(reason::covers)).<Verdict>map(Excused::new)
                .orElseGet(() -> new Failed(shortfalls.stream().map(Check::toString).toList()));
    }

    private static Verdict ofNoShortfall(int status, List<Check> checks, Optional<Excuse> excuse) {
        var successes = checks.stream().filter(check -> check.isOwn() && check.status() == Check.Status.SUCCESS).count();
        if (successes == 0) return failed("ran no check of its own; exit status " + status);
        if (status != 0) return failed("exit status " + status);
        return excuse.isPresent() ? failed("passed, so that it needs no excuse") : new Passed(successes);
    }

    private static Verdict failed(String why) {
        return new Failed(List.of(why));
    }
}
