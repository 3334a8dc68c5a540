package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Topic;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {

    @Test
    void default_limits_areThoseOfTheDocumentation() {
        assertEquals("Limits[maxStreams=20000, maxBodyBytes=4194304, maxInitializeBytes=32768, maxListensPerOwner=32, "
                + "maxListenBytes=65536, maxListenResources=256]", Limits.DEFAULT.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void limits_notPositive_areRefusedByName(int value) {
        var builder = Limits.builder();

        assertRefused("maxStreams", () -> builder.maxStreams(value), value);
        assertRefused("maxBodyBytes", () -> builder.maxBodyBytes(value), value);
        assertRefused("maxInitializeBytes", () -> builder.maxInitializeBytes(value), value);
        assertRefused("maxListensPerOwner", () -> builder.maxListensPerOwner(value), value);
        assertRefused("maxListenBytes", () -> builder.maxListenBytes(value), value);
        assertRefused("maxListenResources", () -> builder.maxListenResources(value), value);
    }

    @Test
    void toBuilder_oneValueChanged_keepsTheOthers() {
        var limits = Limits.builder().maxStreams(1).maxBodyBytes(2).maxInitializeBytes(3)
                .maxListensPerOwner(4).maxListenBytes(5).maxListenResources(6).build();

        assertEquals("Limits[maxStreams=7, maxBodyBytes=2, maxInitializeBytes=3, maxListensPerOwner=4, maxListenBytes=5, "
                + "maxListenResources=6]", limits.toBuilder().maxStreams(7).build().toString());
    }

    private static void assertRefused(String name, Runnable change, int value) {
        var refused = assertThrows(IllegalArgumentException.class, change::run);
        assertEquals(name + " must be positive: " + value, refused.getMessage());
    }

    @Test
    void builder_misuse_isRefusedAtTheDoor() {
        var builder = SessionHandler.builder(new InMemorySessionStore(SessionPolicy.DEFAULT));

        assertThrows(IllegalArgumentException.class, () -> builder.path("mcp"));
        assertThrows(IllegalArgumentException.class, () -> builder.path(""));
        assertThrows(IllegalArgumentException.class, () -> builder.maxStreamAge(Duration.ofNanos(-1)));
        assertThrows(IllegalArgumentException.class, builder::revisions);
        assertThrows(IllegalArgumentException.class, () -> builder.listChanges(Event.of("notifications/tasks")));
        assertThrows(IllegalArgumentException.class, () -> builder.topic(new Topic("toolsListChanged", "notifications/tasks", "taskId")));
        assertThrows(NullPointerException.class, () -> builder.topic(Topic.RESOURCES, null));
        assertThrows(NullPointerException.class, () -> builder.broadcaster(null));
        assertThrows(NullPointerException.class, () -> builder.hostPolicy(null));
        assertThrows(NullPointerException.class, () -> builder.owners(null));
        assertThrows(NullPointerException.class, () -> builder.limits(null));
        assertThrows(NullPointerException.class, () -> SessionHandler.builder(null));
    }
}
