package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.contract.Await;
import dev.mcpsession.event.EventId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What publishers were promised, and what each reader received or was told. Events are known by the numbers that they carry.
///
/// Each acknowledged event reaches each reader, or the reader gets a report of a loss afterwards. No id ever has two contents, over all
/// acknowledgements and all readers; no reader receives an id twice, or an event whose publish failed. Thread-safe.
final class Account {

    private static final Duration TOLD_WITHIN = Duration.ofSeconds(30);
    // An acknowledgement may be recorded when its reader was already told.
    private static final long SLACK = Duration.ofSeconds(1).toNanos();
    private static final int SHOWN = 10;

    private record Acknowledged(int number, EventId id, long at) {}

    /// What happened between two settlements.
    ///
    /// @param lost    how many events did not reach all readers
    /// @param told    how often the reader that was told most often was told of a loss
    /// @param longest how long the last loss took to be told, after the acknowledgement of the last event that was lost
    record Settlement(int acknowledged, long lost, int told, Duration longest) {}

    private final Map<EventId, Integer> contents = new ConcurrentHashMap<>();
    private final Queue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final Set<Integer> refused = ConcurrentHashMap.newKeySet();
    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
    private final List<Reader> readers = new ArrayList<>();
    private final boolean forgets;
    private int lastMarker;

    /// @param forgets whether only what happened since the settlement before the last one is kept, so that memory does not grow
    Account(boolean forgets) {
        this.forgets = forgets;
    }

    /// One reader's page.
    final class Reader {

        private final String name;
        private final Map<EventId, Integer> received = new ConcurrentHashMap<>();
        private final Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        private final Queue<Long> told = new ConcurrentLinkedQueue<>();
        private volatile String state = "reading";

        private Reader(String name) {
            this.name = name;
        }

        void receive(EventId id, int number) {
            if (received.put(id, number) != null) contradictions.add(name + " received " + id + " twice");
            hasContent(id, number, name);
            numbers.add(number);
        }

        void tell() {
            told.add(System.nanoTime());
        }

        /// Says what it does, for a message.
        void is(String now) {
            state = now;
        }

        void contradict(String what) {
            contradictions.add(name + ' ' + what);
        }

        boolean hasReceived(int number) {
            return numbers.contains(number);
        }

        private long toldAfter(long moment) {
            return told.stream().filter(at -> at - moment > 0).findFirst().orElse(0L);
        }
    }

    /// Opens the page of a reader.
    Reader add(String name) {
        var reader = new Reader(name);
        readers.add(reader);
        return reader;
    }

    void acknowledge(int number, EventId id) {
        hasContent(id, number, "an acknowledgement");
        acknowledged.add(new Acknowledged(number, id, System.nanoTime()));
    }

    /// Records that a publish failed, with a known outcome.
    void refuse(int number) {
        refused.add(number);
    }

    private void hasContent(EventId id, int number, String whose) {
        var other = contents.putIfAbsent(id, number);
        if (other != null && other != number) contradictions.add(id + " has two contents: " + other + ", and " + number + " for " + whose);
    }

    /// Waits until each reader was told of a loss since the last settlement.
    void awaitTold() {
        for (var reader : readers) {
            Await.await(() -> reader.name + ", " + reader.state + ", is told of a loss", TOLD_WITHIN, () -> !reader.told.isEmpty());
        }
    }

    /// Checks what was promised until the marker was published, once each reader has received the marker.
    Settlement settle(int marker, long until) {
        for (var reader : readers) {
            Await.await(() -> reader.name + " receives the marker; was told " + reader.told.size() + " times, is " + reader.state,
                    TOLD_WITHIN, () -> reader.hasReceived(marker) || !contradictions.isEmpty());
        }
        check();
        var due = new ArrayList<Acknowledged>();
        for (var next = acknowledged.peek(); next != null && next.at - until <= 0; next = acknowledged.peek()) due.add(acknowledged.remove());
        var longest = 0L;
        var lost = 0L;
        for (var reader : readers) {
            var missing = due.stream().filter(each -> !reader.received.containsKey(each.id)).toList();
            lost = Math.max(lost, missing.size());
            if (missing.isEmpty()) continue;
            var last = missing.stream().max(Comparator.comparingLong(Acknowledged::at)).orElseThrow().at;
            Await.await(() -> reader.name + ", " + reader.state + ", is told that it lost " + missing.size() + ": " + missing.stream().limit(SHOWN).toList(),
                    TOLD_WITHIN, () -> reader.toldAfter(last - SLACK) != 0);
            longest = Math.max(longest, reader.toldAfter(last - SLACK) - last);
        }
        check();
        var told = readers.stream().mapToInt(reader -> reader.told.size()).max().orElseThrow();
        readers.forEach(reader -> reader.told.clear());
        if (forgets) forget(lastMarker);
        lastMarker = marker;
        return new Settlement(due.size(), lost, told, Duration.ofNanos(longest));
    }

    private void forget(int until) {
        contents.values().removeIf(number -> number < until);
        refused.removeIf(number -> number < until);
        for (var reader : readers) {
            reader.received.values().removeIf(number -> number < until);
            reader.numbers.removeIf(number -> number < until);
        }
    }

    private void check() {
        for (var reader : readers) {
            for (var number : refused) if (reader.hasReceived(number)) contradictions.add(reader.name + " received refused " + number);
        }
        assertEquals(List.of(), contradictions.stream().limit(SHOWN).toList(), () -> contradictions.size() + " contradictions");
    }
}
