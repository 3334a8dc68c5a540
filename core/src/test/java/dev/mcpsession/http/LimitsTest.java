package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {

    @Test
    void default_limits_areThoseOfTheDocumentation() {
        assertEquals(new Limits(20_000, 4 * 1024 * 1024, 32 * 1024, 32, 64 * 1024, 256), Limits.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void limits_notPositive_areRefusedByName(int value) {
        assertRefused("maxStreams", () -> Limits.DEFAULT.withMaxStreams(value), value);
        assertRefused("maxBodyBytes", () -> Limits.DEFAULT.withMaxBodyBytes(value), value);
        assertRefused("maxInitializeBytes", () -> Limits.DEFAULT.withMaxInitializeBytes(value), value);
        assertRefused("maxListensPerOwner", () -> Limits.DEFAULT.withMaxListensPerOwner(value), value);
        assertRefused("maxListenBytes", () -> Limits.DEFAULT.withMaxListenBytes(value), value);
        assertRefused("maxListenResources", () -> Limits.DEFAULT.withMaxListenResources(value), value);
    }

    @Test
    void with_oneOfThem_changesNoOther() {
        assertEquals(new Limits(1, 2, 3, 4, 5, 6), Limits.DEFAULT.withMaxStreams(1).withMaxBodyBytes(2).withMaxInitializeBytes(3)
                .withMaxListensPerOwner(4).withMaxListenBytes(5).withMaxListenResources(6));
    }

    private static void assertRefused(String name, Runnable making, int value) {
        var refused = assertThrows(IllegalArgumentException.class, making::run);
        assertEquals(name + " must be positive: " + value, refused.getMessage());
    }

    @Test
    void builder_misuse_isRefusedAtTheDoor() {
        var builder = SessionHandler.builder(new InMemorySessionStore(SessionPolicy.DEFAULT));

        assertThrows(IllegalArgumentException.class, () -> builder.path("mcp"));
        assertThrows(IllegalArgumentException.class, () -> builder.path(""));
        assertThrows(IllegalArgumentException.class, () -> builder.maxStreamAge(Duration.ofNanos(-1)));
        assertThrows(NullPointerException.class, () -> builder.broadcaster(null));
        assertThrows(NullPointerException.class, () -> builder.hostPolicy(null));
        assertThrows(NullPointerException.class, () -> builder.owners(null));
        assertThrows(NullPointerException.class, () -> builder.limits(null));
        assertThrows(NullPointerException.class, () -> SessionHandler.builder(null));
    }
}
