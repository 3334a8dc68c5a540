package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentSignalsTest {

    private static final Owner ANN = Owner.principal("ann");
    private static final Event TOOLS = Event.of("notifications/tools/list_changed");
    private static final Event PROMPTS = Event.of("notifications/prompts/list_changed");
    private static final long WINDOW = RecentSignals.KEPT.toNanos();

    private final RecentSignals recent = new RecentSignals(4, 10_000);
    private long now = Long.MAX_VALUE - 10; // a clock may begin anywhere, and pass the largest number
    private int ordinal;

    private void publish(Event event) {
        ordinal++;
        recent.add(RingTest.entry(event, ordinal, ordinal, 0, now++));
    }

    private List<Long> wantedBy(EventFilter filter) {
        assertTrue(recent.isComplete(filter, now));
        return recent.select(filter, ordinal, now).stream().map(LogEntry::position).toList();
    }

    private boolean isKnownTo(EventFilter filter) {
        return recent.isComplete(filter, now);
    }

    private static EventFilter asking(Owner owner, Set<String> uris, Event... lists) {
        return EventFilter.selecting(owner, Set.copyOf(List.of(lists).stream().map(Event::method).toList()), uris);
    }

    private static EventFilter asking(Event... lists) {
        return asking(Owner.anonymous(), Set.of(), lists);
    }

    private static Event updated(String uri) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri));
    }

    @Test
    void wantedBy_severalOfEach_isTheNewestOfEachInOrder() {
        publish(TOOLS);
        publish(PROMPTS);
        publish(updated("u"));
        publish(TOOLS);
        publish(Event.of("message"));

        assertEquals(List.of(2L, 4L), wantedBy(asking(TOOLS, PROMPTS)));
        assertEquals(List.of(4L), wantedBy(asking(TOOLS)));
        assertEquals(List.of(3L), wantedBy(asking(ANN, Set.of("u", "v"))));
        assertEquals(List.of(), wantedBy(asking(ANN, Set.of("v"))));
        assertEquals(List.of(), wantedBy(asking()));
        assertEquals(List.of(2L, 3L, 4L), wantedBy(EventFilter.all()));
        assertEquals(List.of(2L, 4L), wantedBy(EventFilter.of(SessionId.random(), ANN)));
    }

    @Test
    void wantedBy_addressed_isForItsOwnerAlone() {
        publish(TOOLS);
        publish(TOOLS.to(ANN));
        publish(TOOLS.to(SessionId.random()));
        publish(updated("u").to(ANN));

        assertEquals(List.of(1L, 2L), wantedBy(asking(ANN, Set.of(), TOOLS)));
        assertEquals(List.of(1L, 2L, 4L), wantedBy(asking(ANN, Set.of("u"), TOOLS)));
        assertEquals(List.of(1L), wantedBy(asking(Owner.principal("bob"), Set.of("u"), TOOLS)));
        assertEquals(List.of(1L), wantedBy(asking(TOOLS)));
        assertEquals(List.of(1L), wantedBy(EventFilter.all()));
    }

    @Test
    void wantedBy_fiveMinutesLater_isNothing() {
        publish(TOOLS);
        now += WINDOW - 2;
        assertEquals(List.of(1L), wantedBy(asking(TOOLS)));

        now++;

        assertEquals(List.of(), wantedBy(asking(TOOLS)));
    }

    @Test
    void add_moreThanAreKept_isToldToThoseWhoMayHaveWantedThem() {
        for (var n = 0; n < 4; n++) publish(updated("u" + n));
        assertTrue(isKnownTo(asking(ANN, Set.of("u0"))));

        publish(TOOLS);

        assertFalse(isKnownTo(asking(ANN, Set.of("u0"))));
        assertFalse(isKnownTo(EventFilter.all()));
        assertTrue(isKnownTo(asking(ANN, Set.of("u1", "other"))));
        assertTrue(isKnownTo(asking(TOOLS)));
        for (var n = 0; n < 4; n++) publish(updated("u" + n));
        assertFalse(isKnownTo(asking(TOOLS)));
        assertTrue(isKnownTo(asking(PROMPTS)));
        now += WINDOW;
        assertEquals(List.of(), wantedBy(asking(ANN, Set.of("u0"), TOOLS)));
    }

    @Test
    void add_moreBytesThanAreKept_forgetsTheOldest() {
        publish(updated("u"));
        publish(Event.of("x/list_changed", Json.obj().with("text", "x".repeat(6_000))));
        publish(Event.of("y/list_changed", Json.obj().with("text", "x".repeat(6_000))));

        assertFalse(isKnownTo(asking(Event.of("x/list_changed"))));
        assertFalse(isKnownTo(asking(ANN, Set.of("u"))));
        assertTrue(isKnownTo(asking(TOOLS, Event.of("y/list_changed"))));
    }

    @Test
    void add_forgottenAfterALapse_doesNotShortenIt() {
        publish(TOOLS);
        now += WINDOW / 2;
        recent.lapse(now);
        for (var n = 0; n < 4; n++) publish(updated("u" + n)); // forgets the older signal

        now += WINDOW / 2;
        assertFalse(isKnownTo(asking(PROMPTS)));
        assertFalse(isKnownTo(asking(TOOLS)));
        now += WINDOW / 2;
        assertTrue(isKnownTo(asking(PROMPTS, TOOLS)));
    }

    @Test
    void add_moreThanAreKnownByHash_isCautious() {
        for (var n = 0; n < 4 * (EvictedEvents.HASHES_PER_KEY + 1); n++) publish(updated("u" + n));
        assertTrue(isKnownTo(asking(TOOLS)));

        publish(updated("one too many"));

        assertFalse(isKnownTo(asking(TOOLS)));
    }

    @Test
    void add_manyOverTime_forgetsWhatIsOverWithoutALapse() {
        for (var n = 0; n < 100; n++) {
            publish(updated("u" + n));
            now += WINDOW / 3;

            assertTrue(isKnownTo(EventFilter.all()));
            assertTrue(wantedBy(EventFilter.all()).size() <= 3);
        }
    }

    @Test
    void lapse_unknownSignals_isToldForFiveMinutes() {
        publish(TOOLS);
        recent.lapse(now);

        assertFalse(isKnownTo(asking(TOOLS)));
        assertFalse(isKnownTo(asking(ANN, Set.of("u"))));
        now += WINDOW;
        assertTrue(isKnownTo(asking(TOOLS)));
    }
}
