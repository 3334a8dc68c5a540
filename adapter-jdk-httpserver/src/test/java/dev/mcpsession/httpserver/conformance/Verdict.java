package dev.mcpsession.httpserver.conformance;

import java.util.List;
import java.util.Optional;

/// What became of a scenario.
sealed interface Verdict {

    /// Everything was as it has to be.
    ///
    /// @param checks how many checks of its own say so
    record Passed(long checks) implements Verdict {}

    /// It did not pass, and could not have.
    ///
    /// @param excuse why not
    record Excused(String excuse) implements Verdict {}

    /// It did not pass, or should not have.
    ///
    /// @param why each a line
    record Failed(List<String> why) implements Verdict {}

    /// Judges more strictly than the suite, which is content with a scenario that has checked nothing.
    ///
    /// @param status the exit status of the suite
    /// @param checks what it has written down
    /// @param excuse why the scenario cannot pass; then it must not
    static Verdict of(int status, List<Check> checks, Optional<String> excuse) {
        var verdict = of(status, checks);
        return excuse.map(reason -> excused(verdict, reason)).orElse(verdict);
    }

    private static Verdict excused(Verdict verdict, String excuse) {
        return verdict instanceof Passed ? new Failed(List.of("passed, so that it needs no excuse: " + excuse)) : new Excused(excuse);
    }

    private static Verdict of(int status, List<Check> checks) {
        var shortfalls = checks.stream().filter(check -> check.status().isShort()).map(Check::toString).toList();
        if (!shortfalls.isEmpty()) return new Failed(shortfalls);
        var successes = checks.stream().filter(check -> check.isOwn() && check.status() == Check.Status.SUCCESS).count();
        if (successes == 0) return new Failed(List.of("ran no check of its own"));
        return status == 0 ? new Passed(successes) : new Failed(List.of("exit status was " + status));
    }
}
