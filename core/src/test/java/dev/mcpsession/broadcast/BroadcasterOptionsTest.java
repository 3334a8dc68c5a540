package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcasterOptionsTest {

    private final BroadcasterOptions.Builder builder = BroadcasterOptions.builder();

    @Test
    void default_anyMachine_isAPowerOfTwoOfAtLeastFourPerProcessor() {
        var cores = Runtime.getRuntime().availableProcessors();
        var stripes = BroadcasterOptions.DEFAULT.stripes();

        assertTrue(stripes >= Math.max(16, 4 * cores) && stripes < 2 * Math.max(16, 4 * cores));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, 12, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void builder_notAPowerOfTwo_isRefused(int value) {
        assertRefused("stripes must be a power of two: " + value, () -> builder.stripes(value));
        assertRefused("ringEntries must be a power of two: " + value, () -> builder.ringEntries(value));
    }

    @Test
    void builder_outOfRange_isRefused() {
        assertRefused("maxEventBytes must be positive: 0", () -> builder.maxEventBytes(0));
        assertRefused("signalKeys must be positive: 0", () -> builder.signalKeys(0));
        assertRefused("heartbeat must be 1 ms to 100 years: PT0S", () -> builder.heartbeat(Duration.ZERO));
        assertRefused("heartbeat must be 1 ms to 100 years: PT-0.001S", () -> builder.heartbeat(Duration.ofMillis(-1)));
    }

    @Test
    void build_ringSmallerThanAnEvent_isRefused() {
        builder.maxEventBytes(4).ringBytes(3);

        assertRefused("ringBytes must be at least maxEventBytes: 3", builder::build);
    }

    @Test
    void toBuilder_oneValueChanged_keepsTheOthers() {
        var options = builder.stripes(2).ringEntries(4).ringBytes(5 << 20).maxEventBytes(6).signalKeys(7)
                .heartbeat(Duration.ofSeconds(8)).build();

        assertEquals("BroadcasterOptions[stripes=16, ringEntries=4, ringBytes=5242880, maxEventBytes=6, signalKeys=7, heartbeat=PT8S]",
                options.toBuilder().stripes(16).build().toString());
    }

    private static void assertRefused(String message, Runnable change) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, change::run).getMessage());
    }
}
