package dev.mcpsession.broadcast;

import static dev.mcpsession.Checks.positive;
import static dev.mcpsession.Checks.require;

import java.time.Duration;

/// The layout and the bounds of a [StripedBroadcaster]. Immutable.
///
/// `ringBytes` counts the memory of an event: its frame, its texts and 512 bytes for the objects around them. The heap in use is
/// at most twice that, because collectors round large arrays up. The limit applies separately to each of four places: the
/// broadcast events, the addressed ones, the signals that heal slow readers, and the signals of the last five minutes. A broadcaster
/// therefore holds at most four times `ringBytes`, plus about 64 KiB for each reader that is being healed and 8 bytes for each
/// addressed event that waits for a reader.
///
/// For each signal key that is kept, 16 more are known by a hash, in about 100 bytes each. They let a loss be reported only to readers
/// that wanted the signal. A reader that resumes after more distinct signals than that may get a report of a loss that does not
/// concern it.
public final class BroadcasterOptions {

    /// Four stripes per processor and at least 16; 1,024 events and 16 MiB; events of 1 MiB; 4,096 signals; 15 s.
    public static final BroadcasterOptions DEFAULT = new Builder().build();

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private final int stripes;
    private final int ringEntries;
    private final long ringBytes;
    private final int maxEventBytes;
    private final int signalKeys;
    private final Duration heartbeat;

    private BroadcasterOptions(Builder values) {
        stripes = values.stripes;
        ringEntries = values.ringEntries;
        ringBytes = values.ringBytes;
        maxEventBytes = values.maxEventBytes;
        signalKeys = values.signalKeys;
        heartbeat = values.heartbeat;
    }

    /// {@return a builder that has the values of [#DEFAULT]}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return a builder that has the values of these options}
    public Builder toBuilder() {
        return builder().stripes(stripes).ringEntries(ringEntries).ringBytes(ringBytes).maxEventBytes(maxEventBytes)
                .signalKeys(signalKeys).heartbeat(heartbeat);
    }

    /// {@return the number of lists over which waiting readers are spread}
    public int stripes() {
        return stripes;
    }

    /// {@return how many broadcast events can be read back, and separately how many addressed ones}
    public int ringEntries() {
        return ringEntries;
    }

    /// {@return how much memory the broadcast events may take, in bytes, and separately the addressed ones}
    public long ringBytes() {
        return ringBytes;
    }

    /// {@return how large one event may be, in bytes of UTF-8 JSON}
    public int maxEventBytes() {
        return maxEventBytes;
    }

    /// {@return how many distinct signals are kept to heal slow readers}
    public int signalKeys() {
        return signalKeys;
    }

    /// {@return the silence after which a subscription returns `Idle`}
    public Duration heartbeat() {
        return heartbeat;
    }

    @Override
    public String toString() {
        return "BroadcasterOptions[stripes=" + stripes + ", ringEntries=" + ringEntries + ", ringBytes=" + ringBytes
                + ", maxEventBytes=" + maxEventBytes + ", signalKeys=" + signalKeys + ", heartbeat=" + heartbeat + "]";
    }

    /// Builds [BroadcasterOptions]. Not thread-safe.
    public static final class Builder {

        private int stripes = Math.max(16, Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors() * 2 - 1));
        private int ringEntries = 1024;
        private long ringBytes = 16 << 20;
        private int maxEventBytes = 1 << 20;
        private int signalKeys = 4096;
        private Duration heartbeat = Duration.ofSeconds(15);

        private Builder() {}

        /// {@return this builder}
        /// @param value a power of two; see [BroadcasterOptions#stripes()]
        public Builder stripes(int value) {
            stripes = powerOfTwo("stripes", value);
            return this;
        }

        /// {@return this builder}
        /// @param value a power of two; see [BroadcasterOptions#ringEntries()]
        public Builder ringEntries(int value) {
            ringEntries = powerOfTwo("ringEntries", value);
            return this;
        }

        /// {@return this builder}
        /// @param value at least `maxEventBytes`; see [BroadcasterOptions#ringBytes()]
        public Builder ringBytes(long value) {
            ringBytes = value;
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [BroadcasterOptions#maxEventBytes()]
        public Builder maxEventBytes(int value) {
            maxEventBytes = positive("maxEventBytes", value);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [BroadcasterOptions#signalKeys()]
        public Builder signalKeys(int value) {
            signalKeys = positive("signalKeys", value);
            return this;
        }

        /// {@return this builder}
        /// @param value 1 ms to 100 years; see [BroadcasterOptions#heartbeat()]
        public Builder heartbeat(Duration value) {
            require(value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0, "heartbeat must be 1 ms to 100 years", value);
            heartbeat = value;
            return this;
        }

        /// {@return the options}
        ///
        /// @throws IllegalArgumentException if the ring cannot hold one event of `maxEventBytes`
        public BroadcasterOptions build() {
            require(ringBytes >= maxEventBytes, "ringBytes must be at least maxEventBytes", ringBytes);
            return new BroadcasterOptions(this);
        }

        private static int powerOfTwo(String name, int value) {
            require(Integer.bitCount(value) == 1 && value > 0, name + " must be a power of two", value);
            return value;
        }
    }
}
