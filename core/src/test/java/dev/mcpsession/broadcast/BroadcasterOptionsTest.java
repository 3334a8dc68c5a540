package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcasterOptionsTest {

    private static final BroadcasterOptions DEFAULT = BroadcasterOptions.DEFAULT;

    @Test
    void default_anyMachine_isAPowerOfTwoOfAtLeastFourPerProcessor() {
        var cores = Runtime.getRuntime().availableProcessors();

        assertTrue(DEFAULT.stripes() >= Math.max(16, 4 * cores) && DEFAULT.stripes() < 2 * Math.max(16, 4 * cores));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, 12, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void with_notAPowerOfTwo_isRefused(int value) {
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withStripes(value));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withRing(value, 16L << 20));
    }

    @Test
    void with_notPositive_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withMaxEventBytes(0));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withSignalKeys(0));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withHeartbeat(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withHeartbeat(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.withRing(16, DEFAULT.maxEventBytes() - 1));
    }

    @Test
    void with_value_changesItAlone() {
        var changed = DEFAULT.withStripes(2).withRing(4, 5 << 20).withMaxEventBytes(6).withSignalKeys(7)
                .withHeartbeat(Duration.ofSeconds(8));

        assertEquals(new BroadcasterOptions(2, 4, 5 << 20, 6, 7, Duration.ofSeconds(8)), changed);
    }
}
