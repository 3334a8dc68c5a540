package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JfrEventsTest {

    private static final Owner ALICE = Owner.principal("alice");
    private static final List<String> NAMES = List.of("Published", "Lagged");

    private static Map<String, List<RecordedEvent>> recorded(Path file, Runnable action) throws Exception {
        try (var recording = new jdk.jfr.Recording()) {
            NAMES.forEach(name -> recording.enable("dev.mcpsession." + name));
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.mcpsession."))
                .collect(Collectors.groupingBy(event -> event.getEventType().getName().substring("dev.mcpsession.".length())));
    }

    @Test
    void record_whatHappens_isInTheRecordingWithoutWholeIds(@TempDir Path directory) throws Exception {
        var session = SessionId.random();
        var events = recorded(directory.resolve("test.jfr"), () -> {
            try (var broadcaster = new StripedBroadcaster(BroadcasterOptions.builder().ringEntries(16).ringBytes(16L << 20).build());
                    var reader = broadcaster.subscribe(EventFilter.of(session, ALICE), Start.now())) {
                for (var n = 0; n < 20; n++) broadcaster.publish(Event.of("m"));
                broadcaster.publish(Event.of("to one").to(session));
                assertEquals(new Delivery.Lagged(4, 4), reader.poll().orElseThrow());
            }
        });

        assertEquals(21, events.get("Published").size());
        assertEquals("m", events.get("Published").getFirst().getString("method"));
        assertEquals("everyone", events.get("Published").getFirst().getString("audience"));
        assertEquals("session " + session, events.get("Published").getLast().getString("audience"));
        var lagged = events.get("Lagged").getFirst();
        assertEquals(List.of(4L, 4L), List.of(lagged.getLong("missed"), lagged.getLong("messages")));
        assertEquals(session.toString(), lagged.getString("session"));
        assertEquals(ALICE.toString(), lagged.getString("owner"));
        for (var all : events.values()) {
            for (var event : all) assertFalse(event.toString().contains(session.value()) || event.toString().contains("alice"), event::toString);
        }
    }
}
