package dev.mcpsession.broadcast;

import java.time.Duration;

/// How a [StripedBroadcaster] is laid out and where its bounds are. Immutable.
///
/// `ringBytes` counts what an event takes in memory: its frame, its texts and 512 bytes for the objects around them. The heap that
/// is used is at most twice that, since collectors round large arrays up. It bounds each of four places: the events for everyone,
/// the addressed ones, the signals that slow readers are healed by, and those of the last five minutes. So a broadcaster holds at
/// most four times `ringBytes`, beside some 64 KiB for a reader that is being healed and 8 bytes for each addressed event that
/// waits for a reader.
///
/// Of each signal key that is kept, 16 more are known by a hash, in about 100 bytes: so a loss is reported only to readers
/// that wanted a signal. A reader that resumes after more different signals than that may get a report of a loss that was not its own.
///
/// @param stripes       over how many lists the waiting readers are spread, a power of two
/// @param ringEntries   how many events for everyone can be read back, a power of two; as many again of addressed ones
/// @param ringBytes     how much memory those may take; as much again of addressed ones
/// @param maxEventBytes how large one event may be as JSON
/// @param signalKeys    how many different signals are remembered for readers that fell behind
/// @param heartbeat     after how long a silent subscription says `Idle`
public record BroadcasterOptions(
        int stripes, int ringEntries, long ringBytes, int maxEventBytes, int signalKeys, Duration heartbeat) {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_525);

    /// Four stripes for each processor and at least 16; 1,024 events and 16 MiB; events of 1 MiB; 4,096 signals; 15 s.
    public static final BroadcasterOptions DEFAULT = new BroadcasterOptions(
            defaultStripes(), 1024, 16L << 20, 1 << 20, 4096, Duration.ofSeconds(15));

    /// Checks every value.
    ///
    /// @throws IllegalArgumentException if a value is not positive, or not a power of two where it must be
    public BroadcasterOptions {
        requirePowerOfTwo("stripes", stripes);
        requirePowerOfTwo("ringEntries", ringEntries);
        if (maxEventBytes <= 0) throw new IllegalArgumentException("maxEventBytes must be positive: " + maxEventBytes);
        if (ringBytes < maxEventBytes) {
            throw new IllegalArgumentException("ringBytes must be at least maxEventBytes: " + ringBytes);
        }
        if (signalKeys <= 0) throw new IllegalArgumentException("signalKeys must be positive: " + signalKeys);
        if (heartbeat.compareTo(SHORTEST) < 0 || heartbeat.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("heartbeat must be 1 ms to 100 years: " + heartbeat);
        }
    }

    /// The same with another number of stripes.
    ///
    /// @param value the new value, a power of two
    /// @return new options
    public BroadcasterOptions withStripes(int value) {
        return new BroadcasterOptions(value, ringEntries, ringBytes, maxEventBytes, signalKeys, heartbeat);
    }

    /// The same with another bound of what can be read back.
    ///
    /// @param entries how many events, a power of two
    /// @param bytes   how large they may be
    /// @return new options
    public BroadcasterOptions withRing(int entries, long bytes) {
        return new BroadcasterOptions(stripes, entries, bytes, maxEventBytes, signalKeys, heartbeat);
    }

    /// The same with another bound of one event.
    ///
    /// @param value the new value, in bytes
    /// @return new options
    public BroadcasterOptions withMaxEventBytes(int value) {
        return new BroadcasterOptions(stripes, ringEntries, ringBytes, value, signalKeys, heartbeat);
    }

    /// The same with another number of remembered signals.
    ///
    /// @param value the new value
    /// @return new options
    public BroadcasterOptions withSignalKeys(int value) {
        return new BroadcasterOptions(stripes, ringEntries, ringBytes, maxEventBytes, value, heartbeat);
    }

    /// The same with another heartbeat.
    ///
    /// @param value the new value
    /// @return new options
    public BroadcasterOptions withHeartbeat(Duration value) {
        return new BroadcasterOptions(stripes, ringEntries, ringBytes, maxEventBytes, signalKeys, value);
    }

    private static int defaultStripes() {
        return Math.max(16, Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors() * 2 - 1));
    }

    private static void requirePowerOfTwo(String name, int value) {
        if (Integer.bitCount(value) != 1 || value < 0) {
            throw new IllegalArgumentException(name + " must be a power of two: " + value);
        }
    }
}
