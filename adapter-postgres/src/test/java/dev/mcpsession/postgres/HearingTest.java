package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HearingTest {

    private static final long SECOND = 1_000_000_000L;

    private final Hearing hearing = new Hearing();

    @Test
    void waited_nothingAfterAGreeting_pollsUntilSomethingComes() {
        hearing.greeted(SECOND);

        assertFalse(hearing.waited(0, 3 * SECOND));
        assertTrue(hearing.waited(3 * SECOND, 4 * SECOND));
        hearing.startPolling();
        assertFalse(hearing.waited(4 * SECOND, 5 * SECOND)); // reported once
        assertTrue(hearing.heard(6 * SECOND));
        assertFalse(hearing.isPolling());
    }

    @Test
    void waited_ungreetedOrBusy_doesNotPoll() {
        assertFalse(hearing.waited(0, 100 * SECOND));
        hearing.greeted(100 * SECOND);
        assertFalse(hearing.waited(109 * SECOND, 110 * SECOND)); // it was reading meanwhile
        hearing.heard(110 * SECOND);
        assertFalse(hearing.waited(110 * SECOND, 200 * SECOND));
    }

    @Test
    void heard_whileTheGreetingWasSent_answersIt() {
        hearing.heard(2 * SECOND);
        hearing.greeted(SECOND);

        assertFalse(hearing.waited(2 * SECOND, 10 * SECOND));
    }

    @Test
    void heardWithAnswer_onceOrRepeatedly_pollsOnlyThen() {
        for (var n = 0; n < 3; n++) {
            hearing.greeted(n * SECOND);
            hearing.heardWithAnswer();
            assertFalse(hearing.waited(n * SECOND, (n + 1) * SECOND));
        }
        hearing.greeted(3 * SECOND);
        hearing.heardWithAnswer();
        assertTrue(hearing.waited(3 * SECOND, 4 * SECOND));
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
