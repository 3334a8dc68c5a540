package dev.mcpsession.benchmarks.suite;

import java.time.Duration;

/// How thoroughly to measure.
public enum Size {
    /// Checks only that everything runs; for tests.
    SMOKE(1, 1, 10, 10, 5, 20, 2),
    /// Takes a few minutes for the whole suite, with one fork per cell. Shows orders of magnitude.
    QUICK(1, 1, 800, 1_500, 300, 1_000, 10),
    /// Takes half an hour or more, with three forks for what bars and plots show. Produces the published figures.
    FULL(3, 2, 1_000, 8_000, 700, 2_000, 20);

    private final int forks;
    private final int tries;
    private final Duration preWarm;
    private final Duration serverWarmUp;
    private final Duration warmUp;
    private final Duration time;
    private final int rounds;

    Size(int forks, int tries, int preWarmMillis, int serverWarmUpMillis, int warmUpMillis, int millis, int rounds) {
        this.forks = forks;
        this.tries = tries;
        preWarm = Duration.ofMillis(preWarmMillis);
        serverWarmUp = Duration.ofMillis(serverWarmUpMillis);
        warmUp = Duration.ofMillis(warmUpMillis);
        time = Duration.ofMillis(millis);
        this.rounds = rounds;
    }

    /// {@return the default number of JVMs in which each cell is measured, at least 1}
    public int forks() {
        return forks;
    }

    /// {@return how often a disturbed measurement is taken at most, at least 1}
    public int tries() {
        return tries;
    }

    /// {@return how long readers' loops run before the measured readers enter them}
    public Duration preWarm() {
        return preWarm;
    }

    /// {@return how long streams are opened and closed before the measured ones open. A stream keeps the frames with which it was opened, and
    /// those that are not compiled are larger: on Jetty by 4 kB for each stream}
    public Duration serverWarmUp() {
        return serverWarmUp;
    }

    /// {@return the time of warm-up, whose figures are discarded}
    public Duration warmUp() {
        return warmUp;
    }

    /// {@return the time to measure}
    public Duration time() {
        return time;
    }

    /// {@return the minimum number of rounds to measure, even if that takes longer; at least 1}
    public int rounds() {
        return rounds;
    }
}
