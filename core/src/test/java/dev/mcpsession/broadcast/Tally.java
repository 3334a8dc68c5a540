package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// What one reader got, or several that followed each other. Every event says by whom it was published and as which of his.
final class Tally {

    private final List<Delivery.Next> received = new ArrayList<>();
    private long missed;

    void add(Delivery delivery) {
        switch (delivery) {
            case Delivery.Next next -> received.add(next);
            case Delivery.Lagged(var events, var messages, _) -> {
                assertTrue(events >= 0 && messages >= 0, delivery::toString);
                missed += events;
            }
            case Delivery.Idle() -> {}
            case Delivery.Closed(var cause) -> throw new AssertionError("closed: " + cause);
        }
    }

    void addAll(Tally later) {
        received.addAll(later.received);
        missed += later.missed;
    }

    long total() {
        return received.size() + missed;
    }

    boolean isEmpty() {
        return received.isEmpty();
    }

    boolean isOver(String method) {
        return !isEmpty() && received.getLast().event().method().equals(method);
    }

    EventId last() {
        return received.getLast().id();
    }

    /// Checks that every event is one that was published and wanted, that none came twice, and that all came in the one order.
    void requireOrder(EventFilter filter) {
        var lastOf = new HashMap<Long, Long>();
        var last = -1L;
        for (var next : received) {
            assertTrue(filter.wants(next.event()), () -> "not wanted: " + next.event());
            assertTrue(next.id().sequence() > last, "after " + last + ": " + next.id());
            last = next.id().sequence();
            var number = number(next, "n");
            var before = lastOf.put(number(next, "publisher"), number);
            assertTrue(before == null || before < number, () -> "after " + before + ": " + next.event());
        }
    }

    /// Checks that of every signal the newest came, lost before or not.
    void requireNewest(EventFilter filter, List<Delivery.Next> published) {
        var newest = new HashMap<String, EventId>();
        received.forEach(next -> next.event().signalKey().ifPresent(key -> newest.put(key, next.id())));
        var expected = new HashMap<String, EventId>();
        published.stream()
                .filter(next -> next.event().audience() instanceof Audience.Everyone && filter.wants(next.event()))
                .forEach(next -> next.event().signalKey().ifPresent(key -> expected.put(key, next.id())));
        assertEquals(expected, newest);
    }

    private static long number(Delivery.Next next, String key) {
        return Long.parseLong(next.event().params().get(key).orElseThrow().toString());
    }

    @Override
    public String toString() {
        return received.size() + " received, " + missed + " missed" + (isEmpty() ? "" : ", last " + last());
    }
}
