package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.event.Delivery;
import org.junit.jupiter.api.Test;

class InboxTest {

    private final Ring ring = new Ring(4, Long.MAX_VALUE);
    private final Inbox inbox = new Inbox(4);

    private void append(long ordinal) {
        while (ring.mustEvictFor(0)) ring.evictOldest();
        ring.append(RingTest.entry("m", ordinal, ordinal, ordinal));
    }

    private void mail(long ordinal) {
        append(ordinal);
        inbox.makeRoom();
        inbox.add(ordinal, ordinal);
    }

    @Test
    void first_several_comeInOrder() {
        for (var n = 1; n <= 4; n++) mail(n);

        for (var n = 1; n <= 4; n++) {
            var first = inbox.first(ring);
            assertEquals(n, first.ordinal());
            inbox.remove(first);
        }
        assertNull(inbox.first(ring));
        assertFalse(inbox.isReady(Long.MAX_VALUE - 1));
    }

    @Test
    void first_moreThanFit_losesTheOldest() {
        for (var n = 1; n <= 11; n++) mail(n);

        assertEquals(8, inbox.first(ring).ordinal());
        assertEquals(new Inbox.Lost(7, 7, false), inbox.takeLost());
        assertNull(inbox.takeLost());
    }

    @Test
    void first_pushedOutByOthers_isLost() {
        mail(1);
        for (var n = 2; n <= 6; n++) append(n);

        assertNull(inbox.first(ring));
        assertTrue(inbox.isLost());
        assertEquals(new Inbox.Lost(1, 1, false), inbox.takeLost());
        assertFalse(inbox.isLost());
        assertFalse(inbox.isReady(6));
    }

    @Test
    void remove_pushedOutMeanwhile_isNotLost() {
        mail(1);
        var first = inbox.first(ring);
        for (var n = 2; n <= 5; n++) mail(n);

        inbox.remove(first);

        assertNull(inbox.takeLost());
        assertEquals(2, inbox.first(ring).ordinal());
    }

    @Test
    void prepend_betweenMakeRoomAndAdd_overwritesNothing() {
        for (var n = 1; n <= 3; n++) append(n);
        inbox.makeRoom();
        inbox.prepend(new long[] {1, 2}, 2, 2);
        inbox.add(3, 3);

        for (var n = 1; n <= 3; n++) {
            var first = inbox.first(ring);
            assertEquals(n, first.ordinal());
            inbox.remove(first);
        }
        assertNull(inbox.first(ring));
        assertNull(inbox.takeLost());
    }

    @Test
    void isReady_mailThatIsNotPublished_isFalse() {
        mail(3);

        assertFalse(inbox.isReady(2));
        assertTrue(inbox.isReady(3));
    }

    @Test
    void endAfter_again_theEarliestStands() {
        inbox.endAfter(5, 2, Delivery.Cause.TAKEN_OVER);
        inbox.endAfter(7, 3, Delivery.Cause.SESSION_ENDED);

        assertEquals(5, inbox.end());
        assertEquals(2, inbox.endOrdinal());
        assertEquals(Delivery.Cause.TAKEN_OVER, inbox.cause());
        assertTrue(inbox.isReady(0));
    }
}
