package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HearingTest {

    private static final long SECOND = 1_000_000_000L;

    private final Hearing hearing = new Hearing();

    @Test
    void isDeaf_greetingUnheard_isReportedOnceUntilSomethingComes() {
        hearing.greeted(SECOND);

        assertFalse(hearing.isDeaf(3 * SECOND));
        assertTrue(hearing.isDeaf(4 * SECOND));
        assertTrue(hearing.isPolling());
        assertFalse(hearing.isDeaf(5 * SECOND)); // reported once
        assertTrue(hearing.heard(6 * SECOND));
        assertFalse(hearing.isPolling());
        assertFalse(hearing.heard(7 * SECOND));
    }

    @Test
    void isDeaf_ungreetedOrForgotten_isNot() {
        assertFalse(hearing.isDeaf(100 * SECOND));
        hearing.greeted(100 * SECOND);
        hearing.forgetGreeting();
        assertFalse(hearing.isDeaf(200 * SECOND));
        assertTrue(hearing.needsGreeting(200 * SECOND));
    }

    @Test
    void isDeaf_heardWhileTheGreetingWasSent_isNot() {
        hearing.heard(2 * SECOND);
        hearing.greeted(SECOND);

        assertFalse(hearing.isDeaf(10 * SECOND));
    }

    @Test
    void isDeaf_greetedAgain_countsFromTheFirstGreeting() {
        hearing.greeted(0);
        hearing.greeted(2 * SECOND);

        assertTrue(hearing.isDeaf(3 * SECOND));
    }

    @Test
    void needsGreeting_inSilenceAlone() {
        assertTrue(hearing.needsGreeting(0));
        hearing.greeted(0);
        assertFalse(hearing.needsGreeting(3 * SECOND));
        assertTrue(hearing.needsGreeting(4 * SECOND)); // polling, and may hear again
        hearing.heard(5 * SECOND);
        assertFalse(hearing.needsGreeting(8 * SECOND));
        assertTrue(hearing.needsGreeting(9 * SECOND));
    }
}
