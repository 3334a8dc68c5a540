package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvictedEventsTest {

    private static final EventFilter ALL = EventFilter.all();
    private static final String UPDATED = "notifications/resources/updated";

    private final EvictedEvents losses = new EvictedEvents(3, Long.MAX_VALUE, (_, _) -> {});
    private int messages;

    private void lose(String method, long ordinal) {
        if (Event.of(method).signalKey().isEmpty()) messages++;
        losses.add(RingTest.entry(method, ordinal, 10 * ordinal, messages));
    }

    private static List<Long> ordinals(List<LogEntry.Notification> entries) {
        return entries.stream().map(LogEntry::ordinal).toList();
    }

    @Test
    void healing_severalOfOneKey_isTheNewestOfEachInOrder() {
        lose("a/list_changed", 1);
        lose("b/list_changed", 2);
        lose("message", 3);
        lose("a/list_changed", 4);

        assertEquals(List.of(2L, 4L), ordinals(healing(losses, ALL, 0)));
        assertEquals(List.of(4L), ordinals(healing(losses, ALL, 2)));
        assertEquals(List.of(2L), ordinals(healing(losses, EventFilter.selecting(Owner.anonymous(), Set.of("b/list_changed"), Set.of()), 0)));
        assertEquals(1, losses.messages());
    }

    @Test
    void healing_tooManyKeys_forgetsTheOldestAndSaysSo() {
        for (var n = 1; n <= 5; n++) lose(n + "/list_changed", n);

        assertEquals(List.of(3L, 4L, 5L), ordinals(healing(losses, ALL, 0)));
        assertEquals(1, messages(ALL, 1, 0));
        assertEquals(0, messages(ALL, 2, 0));
    }

    @Test
    void healing_tooManyBytes_forgetsTheOldest() {
        var small = new EvictedEvents(100, 2L * RingTest.entry("1/list_changed", 1, 10, 0).bytes(), (_, _) -> {});
        for (var n = 1; n <= 5; n++) small.add(RingTest.entry(n + "/list_changed", n, 10L * n, 0));

        assertEquals(List.of(4L, 5L), ordinals(healing(small, ALL, 0)));
    }

    @Test
    void healing_newEpochAmongTheLost_reachesBehindIt() {
        lose("a/list_changed", 1);
        losses.add(new LogEntry.NewEpoch(2, 20, 1));
        lose("b/list_changed", 3);

        assertEquals(List.of(1L, 3L), ordinals(healing(losses, ALL, 1)));
        assertEquals(List.of(3L), ordinals(healing(losses, ALL, 2)));
    }

    @Test
    void concern_filter_knowsItsMethods() {
        lose("a", 1);
        lose("b", 2);
        var onlyA = EventFilter.selecting(Owner.anonymous(), Set.of("a"), Set.of());

        assertTrue(concern(onlyA, 0));
        assertFalse(concern(onlyA, 1));
        assertFalse(concern(EventFilter.selecting(Owner.anonymous(), Set.of("c"), Set.of()), 0));
        losses.add(new LogEntry.NewEpoch(3, 30, 3));
        assertTrue(concern(onlyA, 2));
    }

    @Test
    void concern_manyMethods_knowsThemStill() {
        for (var n = 1; n <= 3 * EvictedEvents.HASHES_PER_KEY; n++) lose("m" + n, n);
        assertFalse(concern(EventFilter.selecting(Owner.anonymous(), Set.of("other"), Set.of()), 0));
        assertTrue(concern(EventFilter.selecting(Owner.anonymous(), Set.of("m1"), Set.of()), 0));
    }

    @Test
    void concern_moreMethodsThanAreRemembered_isCautious() {
        for (var n = 1; n <= 3 * EvictedEvents.HASHES_PER_KEY + 1; n++) lose("m" + n, n);

        assertTrue(concern(EventFilter.selecting(Owner.anonymous(), Set.of("other"), Set.of()), 0));
        assertFalse(concern(EventFilter.selecting(Owner.anonymous(), Set.of("other"), Set.of()), 1));
    }

    @Test
    void concern_updatedResources_knowsThoseThatWereAskedFor() {
        lose("u1", 1, UPDATED);
        lose("u2", 2, UPDATED);

        assertTrue(concern(ALL, 1));
        assertTrue(concern(asking("u1", "u2"), 1));
        assertTrue(concern(asking("u1"), 0));
        assertFalse(concern(asking("u1"), 1));
        assertFalse(concern(asking("u3"), 0));
        assertFalse(concern(EventFilter.of(SessionId.random(), Owner.anonymous()), 0));
        assertEquals(List.of(2L), ordinals(healing(losses, asking("u2", "u3"), 0)));
    }

    @Test
    void concern_updatesForgotten_areLostToThoseAloneThatNamedThem() {
        for (var n = 1; n <= 5; n++) lose("u" + n, n, UPDATED);

        assertFalse(isForgottenAfter(asking("other"), 0));
        assertFalse(isForgottenAfter(asking(), 0));
        assertFalse(isForgottenAfter(asking("u1", "u4"), 10));
        assertTrue(isForgottenAfter(asking("u1", "u2"), 10));
        assertFalse(concern(asking("other"), 0));
        assertFalse(concern(asking(), 0));
        assertTrue(overrun(asking("u2"), 1, true, 0).concerns());
        assertEquals(1, overrun(asking("u2"), 1, true, 7).messages());
        assertFalse(overrun(asking("u2"), 2, false, 0).concerns());
        assertEquals(1, messages(ALL, 1, 7));
        assertEquals(0, messages(ALL, 2, 7));
    }

    @Test
    void forgottenAfter_tooLongAgoToBeKnown_isCautious() {
        for (var n = 1; n <= 3 * (EvictedEvents.HASHES_PER_KEY + 1) + 1; n++) lose("u" + n, n, UPDATED);

        assertTrue(isForgottenAfter(asking("other"), 0));
        assertFalse(isForgottenAfter(asking("other"), 10));
    }

    @Test
    void add_forgottenUpdate_isReportedWithItsOrdinal() {
        var reported = new ArrayList<String>();
        var few = new EvictedEvents(1, Long.MAX_VALUE, (key, ordinal) -> reported.add(key.value() + " " + ordinal));

        for (var n = 1; n <= 2; n++) few.add(RingTest.entry(updated("u" + n), n, 10L * n, 0));

        assertEquals(List.of("u1 1"), reported);
    }

    @Test
    void loss_unwantedMessages_countsNone() {
        lose("m", 1);
        lose("a/list_changed", 2);
        var signals = EventFilter.selecting(Owner.anonymous(), Set.of("a/list_changed"), Set.of());

        assertEquals(0, messages(signals, 0, 1));
        assertEquals(0, messages(EventFilter.selecting(Owner.anonymous(), Set.of("a/list_changed", "other"), Set.of()), 0, 1));
        assertEquals(1, messages(EventFilter.selecting(Owner.anonymous(), Set.of("a/list_changed", "m"), Set.of()), 0, 1));
        assertEquals(0, messages(ALL, 1, 1));
        losses.add(new LogEntry.NewEpoch(3, 30, 2));
        assertEquals(1, messages(signals, 0, 2));
        assertEquals(0, messages(signals, 3, 0));
    }

    @Test
    void add_again_changesNothing() {
        lose("a/list_changed", 1);
        var message = RingTest.entry("m", 2, 20, 1);
        losses.add(message);
        losses.add(message);

        assertEquals(1, losses.messages());
        assertEquals(List.of(1L), ordinals(healing(losses, ALL, 0)));
    }

    private boolean concern(EventFilter filter, long after) {
        return overrun(filter, after, false, 0).concerns();
    }

    private long messages(EventFilter filter, long after, long all) {
        return overrun(filter, after, false, all).messages();
    }

    private static Event updated(String uri) {
        return Event.of(UPDATED, Json.obj().with("uri", uri));
    }

    private void lose(String uri, long ordinal, String method) {
        var event = Event.of(method, Json.obj().with("uri", uri));
        losses.add(RingTest.entry(event, ordinal, 10 * ordinal, messages));
    }

    private static EventFilter asking(String... uris) {
        return EventFilter.selecting(Owner.anonymous(), Set.of(), Set.of(uris));
    }

    private EvictedEvents.Overrun overrun(EventFilter filter, long after, boolean isForgotten, long all) {
        return losses.overrun(filter, new EvictedEvents.Place(after, 0), isForgotten, 0, all, 1000);
    }

    private boolean isForgottenAfter(EventFilter filter, long position) {
        return losses.isNamedForgotten(filter, new EvictedEvents.Place(0, position));
    }

    private static List<LogEntry.Notification> healing(EvictedEvents losses, EventFilter filter, long after) {
        var overrun = losses.overrun(filter, new EvictedEvents.Place(after, 0), false, 0, 0, 1000);
        return losses.healing(filter, overrun, Long.MAX_VALUE);
    }
}
