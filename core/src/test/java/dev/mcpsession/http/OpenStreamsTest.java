package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.Race;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OpenStreamsTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;

    @Test
    void takePlace_full_isRefusedUntilOneLeaves() {
        var registry = registry(2);
        assertTrue(registry.takePlace() && registry.takePlace());

        assertFalse(registry.takePlace() || registry.takePlace());
        registry.leavePlace();

        assertTrue(registry.takePlace());
        assertFalse(registry.takePlace());
        assertEquals(2, registry.stats().open());
    }

    @Test
    void takePlace_manyThreads_neverMoreThanThereAre() {
        var registry = registry(2);
        var taken = new AtomicInteger();

        Race.by(THREADS, () -> {
            for (var i = 0; i < ROUNDS; i++) {
                assertTrue(registry.stats().open() <= 2);
                if (!registry.takePlace()) continue;
                assertTrue(taken.incrementAndGet() <= 2);
                taken.decrementAndGet();
                registry.leavePlace();
            }
            return null;
        });

        assertEquals(0, registry.stats().open());
    }

    @Test
    void takePlace_asManyThreadsAsPlaces_isNeverRefused() {
        var registry = registry(THREADS);

        Race.by(THREADS, () -> {
            for (var i = 0; i < ROUNDS; i++) {
                assertTrue(registry.takePlace());
                registry.leavePlace();
            }
            return null;
        });
    }

    private static OpenStreams registry(int places) {
        return new OpenStreams(Limits.builder().maxStreams(places).build(), Duration.ZERO, false, new InFlight(), _ -> {}, () -> {});
    }
}
