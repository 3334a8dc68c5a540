package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PostgresOptionsTest {

    private final PostgresOptions.Builder builder = PostgresOptions.builder();

    @Test
    void builder_outOfRange_isRefused() {
        var twoDays = Duration.ofDays(2);

        assertRefused("publishTimeout must be 1 ms to 1 days: PT48H", () -> builder.publishTimeout(twoDays));
        assertRefused("subscribeTimeout must be 1 ms to 1 days: PT48H", () -> builder.subscribeTimeout(twoDays));
        assertRefused("answerTimeout must be 1 ms to 1 days: PT0S", () -> builder.answerTimeout(Duration.ZERO));
        assertRefused("heartbeat must be 1 ms to 1 days: PT-1S", () -> builder.heartbeat(Duration.ofSeconds(-1)));
        assertRefused("keptFor must be 1 ms to 36525 days: PT0S", () -> builder.keptFor(Duration.ZERO));
        assertRefused("maxWaiting must be at least 1: 0", () -> builder.maxWaiting(0));
        assertRefused("keptEvents must be at least 1: 0", () -> builder.keptEvents(0));
        assertRefused("maxReplayed must be at least 0: -1", () -> builder.maxReplayed(-1));
    }

    @Test
    void toBuilder_oneValueChanged_keepsTheOthers() {
        var options = builder.publishTimeout(Duration.ofSeconds(1)).subscribeTimeout(Duration.ofSeconds(2))
                .answerTimeout(Duration.ofSeconds(3)).heartbeat(Duration.ofSeconds(4)).maxWaiting(5).keptEvents(6)
                .keptFor(Duration.ofDays(7)).maxReplayed(0).build();

        assertEquals("PostgresOptions[publishTimeout=PT1S, subscribeTimeout=PT2S, answerTimeout=PT3S, heartbeat=PT4S, maxWaiting=8, "
                + "keptEvents=6, keptFor=PT168H, maxReplayed=0]", options.toBuilder().maxWaiting(8).build().toString());
    }

    private static void assertRefused(String message, Runnable change) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, change::run).getMessage());
    }
}
