package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LossesTest {

    private static final EventFilter ALL = EventFilter.all();
    private static final String UPDATED = "notifications/resources/updated";

    private final Losses losses = new Losses(3, Long.MAX_VALUE);
    private int messages;

    private void lose(String method, long ordinal) {
        if (!Event.isSignal(method)) messages++;
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
        assertEquals(List.of(2L), ordinals(healing(losses, ALL.only(Set.of("b/list_changed")), 0)));
        assertEquals(1, losses.messages());
    }

    @Test
    void healing_tooManyKeys_forgetsTheOldestAndSaysSo() {
        for (var n = 1; n <= 5; n++) lose(n + "/list_changed", n);

        assertEquals(List.of(3L, 4L, 5L), ordinals(healing(losses, ALL, 0)));
        assertEquals(1, losses.messagesFor(ALL, 1, 0));
        assertEquals(0, losses.messagesFor(ALL, 2, 0));
    }

    @Test
    void healing_tooManyBytes_forgetsTheOldest() {
        var small = new Losses(100, 2L * RingTest.entry("1/list_changed", 1, 10, 0).bytes());
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
        var onlyA = ALL.only(Set.of("a"));

        assertTrue(losses.concern(onlyA, 0));
        assertFalse(losses.concern(onlyA, 1));
        assertFalse(losses.concern(ALL.only(Set.of("c")), 0));
        losses.add(new LogEntry.NewEpoch(3, 30, 3));
        assertTrue(losses.concern(onlyA, 2));
    }

    @Test
    void concern_moreMethodsThanAreRemembered_isCautious() {
        for (var n = 1; n <= 1024; n++) lose("m" + n, n);
        var other = ALL.only(Set.of("other"));
        assertFalse(losses.concern(other, 0));

        lose("one too many", 1025);

        assertTrue(losses.concern(other, 1024));
        assertFalse(losses.concern(other, 1025));
    }

    @Test
    void concern_updatedResources_knowsThoseThatWereAskedFor() {
        lose("u1", 1, UPDATED);
        lose("u2", 2, UPDATED);

        assertTrue(losses.concern(ALL, 1));
        assertTrue(losses.concern(asking("u1", "u2"), 1));
        assertTrue(losses.concern(asking("u1"), 0));
        assertFalse(losses.concern(asking("u1"), 1));
        assertFalse(losses.concern(asking("u3"), 0));
        assertFalse(losses.concern(ALL.withResources(Set.of()), 0));
        assertEquals(List.of(2L), ordinals(healing(losses, asking("u2", "u3"), 0)));
    }

    @Test
    void concern_updatesForgotten_isCautiousForThoseAloneThatAskedForSome() {
        for (var n = 1; n <= 5; n++) lose("u" + n, n, UPDATED);

        assertTrue(losses.concern(asking("other"), 1));
        assertFalse(losses.concern(asking("other"), 2));
        assertFalse(losses.concern(asking(), 0));
        assertEquals(1, losses.messagesFor(asking("other"), 1, 7));
        assertEquals(0, losses.messagesFor(asking("other"), 2, 7));
        assertEquals(7, losses.messagesFor(ALL.withResources(Set.of()), 0, 7));
    }

    @Test
    void messagesFor_whoWantsSignalsAlone_countsNoMessagesOfOthers() {
        lose("m", 1);
        lose("a/list_changed", 2);
        var signals = ALL.only(Set.of("a/list_changed"));

        assertEquals(0, losses.messagesFor(signals, 0, 1));
        assertEquals(1, losses.messagesFor(ALL.only(Set.of("a/list_changed", "m")), 0, 1));
        losses.add(new LogEntry.NewEpoch(3, 30, 2));
        assertEquals(1, losses.messagesFor(signals, 0, 2));
        assertEquals(0, losses.messagesFor(signals, 3, 0));
    }

    private void lose(String uri, long ordinal, String method) {
        var event = Event.of(method, Json.obj().with("uri", uri));
        losses.add(RingTest.entry(event, ordinal, 10 * ordinal, messages));
    }

    private static EventFilter asking(String... uris) {
        return EventFilter.asking(Owner.anonymous(), Set.of(), Set.of(uris));
    }

    @Test
    void ordinalAt_position_isTheNewestKnownUpToThere() {
        lose("a/list_changed", 1);
        lose("m", 5);
        lose("b/list_changed", 7);

        assertEquals(0, losses.ordinalAt(9));
        assertEquals(1, losses.ordinalAt(49));
        assertEquals(5, losses.ordinalAt(50));
        assertEquals(7, losses.ordinalAt(1000));
    }

    private static List<LogEntry.Notification> healing(Losses losses, EventFilter filter, long after) {
        return new Lap(0, 0, 0, 0, true, losses.newestSignals(), losses.healingBegins(after))
                .healing(filter, Long.MAX_VALUE);
    }
}
