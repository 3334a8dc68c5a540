package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFrame;
import dev.mcpsession.event.EventId;
import dev.mcpsession.json.Json;
import org.junit.jupiter.api.Test;

class RingTest {

    static LogEntry.Notification entry(String method, long ordinal, long position, long messages) {
        return entry(Event.of(method, Json.obj().with("n", ordinal)), ordinal, position, messages);
    }

    static LogEntry.Notification entry(Event event, long ordinal, long position, long messages) {
        return entry(event, ordinal, position, messages, 0);
    }

    static LogEntry.Notification entry(Event event, long ordinal, long position, long messages, long publishedAt) {
        var id = new EventId("a", position);
        return new LogEntry.Notification(
                ordinal, position, messages, publishedAt, new Delivery.Next(id, EventFrame.of(event).withId(id)));
    }

    private static Ring filled(int entries, int appended) {
        var ring = new Ring(entries, Long.MAX_VALUE);
        for (var n = 1; n <= appended; n++) {
            while (ring.mustEvictFor(0)) ring.evictOldest();
            ring.append(entry("m", n, 10L * n, n));
        }
        return ring;
    }

    @Test
    void at_ofAnotherTurn_isNull() {
        var ring = filled(4, 10);

        for (var ordinal = 7; ordinal <= 10; ordinal++) assertEquals(ordinal, ring.at(ordinal).ordinal());
        for (var ordinal : new int[] {0, 2, 3, 6, 11, 14}) assertNull(ring.at(ordinal), () -> "ordinal " + ordinal);
    }

    @Test
    void at_evictedEarly_isNull() {
        var ring = filled(4, 4);

        ring.evictOldest();

        assertNull(ring.at(1));
        assertEquals(1, ring.evicted());
        assertEquals(10, ring.evictedPosition());
        assertEquals(2, ring.at(2).ordinal());
    }

    @Test
    void fadingPosition_moreThanHalfFull_isInTheMiddle() {
        assertEquals(0, filled(4, 2).fadingPosition());
        assertEquals(20, filled(4, 3).fadingPosition());
        assertEquals(80, filled(4, 10).fadingPosition());
    }

    @Test
    void fadingPosition_oneLargeEntry_isItsOwn() {
        var ring = new Ring(4, 50);
        ring.append(entry("m", 1, 10, 1));

        assertEquals(10, ring.fadingPosition());
    }

    @Test
    void ordinalAt_betweenPositions_isTheOneBefore() {
        var ring = filled(4, 10);

        assertEquals(6, ring.ordinalAt(0));
        assertEquals(6, ring.ordinalAt(69));
        assertEquals(7, ring.ordinalAt(70));
        assertEquals(7, ring.ordinalAt(79));
        assertEquals(9, ring.ordinalAt(99));
        assertEquals(10, ring.ordinalAt(1000));
        assertEquals(0, filled(4, 0).ordinalAt(5));
    }

    @Test
    void mustEvictFor_bytes_isExact() {
        var first = entry("m", 1, 1, 1);
        var ring = new Ring(4, 2L * first.bytes());
        assertFalse(ring.mustEvictFor(Integer.MAX_VALUE)); // nothing to evict
        ring.append(first);

        assertFalse(ring.mustEvictFor(first.bytes()));
        assertTrue(ring.mustEvictFor(first.bytes() + 1));

        ring.evictOldest();
        assertEquals(0, ring.bytes());
    }
}
