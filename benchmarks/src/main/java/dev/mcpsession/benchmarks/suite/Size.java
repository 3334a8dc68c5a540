package dev.mcpsession.benchmarks.suite;

import java.time.Duration;

/// How thoroughly to measure.
public enum Size {
    /// Only that it runs: for tests.
    SMOKE(1, 1, 10, 5, 20, 2),
    /// A few minutes for the whole suite, one fork per cell: shows orders of magnitude.
    QUICK(1, 1, 800, 300, 1_000, 10),
    /// Half an hour or more, three forks for what bars and plots show: the published figures.
    FULL(3, 2, 1_000, 700, 2_000, 20);

    private final int forks;
    private final int tries;
    private final Duration preWarm;
    private final Duration warmUp;
    private final Duration time;
    private final int rounds;

    Size(int forks, int tries, int preWarmMillis, int warmUpMillis, int millis, int rounds) {
        this.forks = forks;
        this.tries = tries;
        preWarm = Duration.ofMillis(preWarmMillis);
        warmUp = Duration.ofMillis(warmUpMillis);
        time = Duration.ofMillis(millis);
        this.rounds = rounds;
    }

    /// In how many JVMs each cell is measured, unless told otherwise.
    ///
    /// @return at least 1
    public int forks() {
        return forks;
    }

    /// How often a disturbed measurement is made at the most.
    ///
    /// @return at least 1
    public int tries() {
        return tries;
    }

    /// For how long readers' loops are run before those that are measured enter them.
    ///
    /// @return a duration
    public Duration preWarm() {
        return preWarm;
    }

    /// For how long to measure without looking.
    ///
    /// @return a duration
    public Duration warmUp() {
        return warmUp;
    }

    /// For how long to measure.
    ///
    /// @return a duration
    public Duration time() {
        return time;
    }

    /// How many rounds to measure at the least, even if that takes longer.
    ///
    /// @return at least 1
    public int rounds() {
        return rounds;
    }
}
