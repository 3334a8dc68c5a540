package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.LogFeed;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/// Resource subscriptions of sessions and listens, on several replicas.
@Timeout(60)
@Execution(SAME_THREAD) // its threads race for the processors
class ReplicatedResourcesTest {

    private static final String TOOLS = "notifications/tools/list_changed";
    private static final String PROMPTS = "notifications/prompts/list_changed";
    private static final Topic TASKS = new Topic("taskIds", "notifications/tasks", "taskId");
    private static final Event MARKER = Event.of("test/marker");

    @AutoClose
    private static final EventDatabase DATABASE = EventDatabase.create();
    @AutoClose
    private final Replicas replicas = new Replicas(DATABASE);

    private PostgresBroadcaster replica() {
        return replicas.open(BroadcasterOptions.DEFAULT, PostgresOptions.DEFAULT);
    }

    private static Event updated(String uri) {
        return Event.of("notifications/resources/updated", Json.obj().with("uri", uri));
    }

    private static List<EventId> idsUpToMarker(Subscription reader, Broadcaster broadcaster) throws InterruptedException {
        broadcaster.publish(MARKER);
        return idsUpToMarker(reader);
    }

    private static List<EventId> idsUpToMarker(Subscription reader) throws InterruptedException {
        var ids = new ArrayList<EventId>();
        while (true) {
            switch (reader.next()) {
                case Delivery.Next next when next.event().method().equals(MARKER.method()) -> {
                    return ids;
                }
                case Delivery.Next next -> ids.add(next.id());
                case Delivery.Idle() -> {}
                case Delivery other -> throw new AssertionError("not expected: " + other);
            }
        }
    }

    @Test
    void addTopic_onOtherReplica_showsTheStreamWhatIsPublishedAfterIt() throws Exception {
        var here = replica();
        var there = replica();
        var session = SessionId.random();
        try (var stream = there.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
            here.publish(updated("a"));
            assertEquals(List.of(), idsUpToMarker(stream, here));
            here.addTopic(session, Topic.RESOURCES.of("a"));
            var seen = List.of(there.publish(updated("a")), here.publish(updated("a")));
            here.publish(updated("b"));
            assertEquals(seen, idsUpToMarker(stream, here));
            there.removeTopic(session, Topic.RESOURCES.of("a"));
            here.publish(updated("a"));

            assertEquals(List.of(), idsUpToMarker(stream, here));
        }
    }

    @Test
    void subscribe_resourceOnOtherReplica_isKeptAndTold() throws Exception {
        var here = replica();
        var there = replica();
        try (var store = new InMemorySessionStore(SessionPolicy.DEFAULT)) {
            var session = SessionId.random();
            store.create(session, Owner.anonymous(), new Client("2025-11-25", "test", Json.obj()));
            try (var stream = there.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
                new ResourceSubscriptions(store, here).subscribe(session, "a");
                var seen = List.of(here.publish(updated("a")));
                here.publish(MARKER);

                assertEquals(seen, idsUpToMarker(stream));
                assertEquals(Set.of("a"), ResourceSubscriptions.of(store.find(session).orElseThrow()));
            }
        }
    }

    private static Event changed(String key) {
        return Event.of(TASKS, Json.obj().with("status", "working").with("taskId", key));
    }

    private static EventFilter askingForTasks(String... keys) {
        return EventFilter.selecting(Owner.anonymous(), Set.of(MARKER.method()), Set.of()).withTopics(TASKS.of(List.of(keys)));
    }

    @Test
    void publish_thingOfATopicOnOtherReplica_reachesThoseWhoAskedForIt() throws Exception {
        var here = replica();
        var there = replica();
        var session = SessionId.random();
        try (var listen = there.subscribe(askingForTasks("1", "ü\u0000\""), Start.recent());
                var stream = there.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
            here.addTopic(session, TASKS.of("2"));
            var one = here.publish(changed("1"));
            var two = here.publish(changed("2"));
            var strange = here.publish(changed("ü\u0000\""));
            here.publish(changed("3"));
            here.publish(updated("1"));
            here.publish(MARKER);

            assertEquals(List.of(one, strange), idsUpToMarker(listen));
            assertEquals(List.of(two), idsUpToMarker(stream));
        }
    }

    @Test
    void subscribeAfterRecent_thingOfATopicBeforeTheReplica_isToldOnce() throws Exception {
        var here = replica();
        here.publish(changed("1"));
        var one = here.publish(changed("1"));
        var two = here.publish(changed("2"));
        here.publish(updated("1"));
        for (var n = 0; n < 10; n++) here.publish(Event.of("test/other")); // more than the late one holds
        try (var listen = late().subscribe(askingForTasks("1", "2"), Start.recent())) {
            here.publish(MARKER);

            assertEquals(List.of(one, two), idsUpToMarker(listen));
        }
    }

    @Test
    void begin_newerStreamOnOtherReplica_isTheSeam() throws Exception {
        var here = replica();
        var there = replica();
        var filter = EventFilter.of(SessionId.random(), Owner.anonymous());
        var older = here.subscribe(filter, Start.now());
        var before = here.publish(Event.of("test/before"));
        var newer = there.subscribe(filter, Start.now());
        var after = here.publish(Event.of("test/after"));
        here.publish(MARKER);

        assertEquals(before, ((Delivery.Next) older.next()).id());
        assertEquals(new Delivery.Closed(Delivery.Cause.TAKEN_OVER), older.next());
        assertEquals(List.of(after), idsUpToMarker(newer));
        assertEquals(before.sequence() + 1, newer.start().sequence(), "the take-over has a number of its own");
        older.close();
        newer.close();
    }

    @Test
    void subscribeAfterRecent_signalsFromOtherReplica_areToldOnce() throws Exception {
        var here = replica();
        var there = replica();
        here.publish(Event.of(TOOLS));
        var tools = here.publish(Event.of(TOOLS));
        var a = here.publish(updated("a"));
        here.publish(updated("b"));
        there.publish(Event.of("test/other")); // ensures that it has read everything published before
        try (var listen = there.subscribe(
                EventFilter.selecting(Owner.anonymous(), Set.of(TOOLS, MARKER.method()), Set.of("a")), Start.recent())) {
            here.publish(MARKER);

            assertEquals(List.of(tools, a), idsUpToMarker(listen));
        }
    }

    // --- a replica that was not there when it was published

    /// A replica that holds the last four events in memory.
    private PostgresBroadcaster late() {
        return replicas.open(
                BroadcasterOptions.builder().ringEntries(4).ringBytes(16 << 20).signalKeys(5).build(), PostgresOptions.DEFAULT);
    }

    private static void elapse(Duration time) {
        DATABASE.database().execute("update mcp_event set created_at = created_at - interval '" + time.toSeconds() + " seconds'");
    }

    private static EventFilter asking(Owner owner, String... uris) {
        return EventFilter.selecting(owner, Set.of(TOOLS, PROMPTS, MARKER.method()), Set.of(uris));
    }

    private static void assertLagged(Broadcaster broadcaster, EventFilter filter) throws InterruptedException {
        try (var listen = broadcaster.subscribe(filter, Start.recent())) {
            assertEquals(new Delivery.Lagged(1, 1), listen.next());
        }
    }

    @Test
    void subscribeAfterRecent_publishedBeforeThisReplica_isToldAsOnOthers() throws Exception {
        var here = replica();
        var ann = Owner.principal("ann");
        here.publish(Event.of(PROMPTS));
        here.publish(updated("old"));
        elapse(LogFeed.RECENT.minusSeconds(60)); // these are over in the end
        here.publish(Event.of(TOOLS));
        var tools = here.publish(Event.of(TOOLS, Json.obj().with("n", 2)));
        var a = here.publish(updated("a"));
        here.publish(updated("b"));
        here.publish(Event.of(PROMPTS).to(SessionId.random()));
        here.publish(Event.of(PROMPTS).to(Owner.principal("bob")));
        var prompts = here.publish(Event.of(PROMPTS).to(ann));
        for (var n = 0; n < 6; n++) here.publish(Event.of("test/message"));
        elapse(Duration.ofSeconds(61));
        var there = late();

        for (var n = 0; n < 2; n++) {
            try (var listen = there.subscribe(asking(ann, "a", "old"), Start.recent())) {
                assertEquals(List.of(tools, a, prompts), idsUpToMarker(listen, here));
            }
        }
        try (var listen = there.subscribe(asking(Owner.anonymous(), "a", "old"), Start.recent())) {
            var next = here.publish(updated("old"));
            assertEquals(List.of(tools, a, next), idsUpToMarker(listen, there));
        }
    }

    /// Reading an event into memory again does not make it recent.
    @Test
    void subscribeAfterRecent_oldAndStillInMemory_isNotTold() throws Exception {
        var here = replica();
        here.publish(Event.of(TOOLS));
        elapse(LogFeed.RECENT);
        var prompts = here.publish(Event.of(PROMPTS));
        var there = late();

        try (var listen = there.subscribe(asking(Owner.anonymous()), Start.recent())) {
            assertEquals(List.of(prompts), idsUpToMarker(listen, here));
        }
    }

    @Test
    void subscribeAfterRecent_deletedWithinFiveMinutes_isALoss() throws Exception {
        var here = replica();
        for (var n = 0; n < 9; n++) here.publish(Event.of(TOOLS));
        elapse(Duration.ofMinutes(3));
        DATABASE.trim(5, Duration.ofHours(1));
        assertLagged(late(), asking(Owner.anonymous()));

        elapse(Duration.ofMinutes(3));

        try (var listen = late().subscribe(asking(Owner.anonymous()), Start.recent())) {
            assertEquals(List.of(), idsUpToMarker(listen, here));
        }
    }

    /// A night without events leaves one entry, which shows that nothing was lost.
    @Test
    void subscribeAfterRecent_allOthersTooOld_isComplete() throws Exception {
        var here = replica();
        for (var n = 0; n < 9; n++) here.publish(Event.of(TOOLS));
        elapse(Duration.ofHours(2));
        assertEquals(9, DATABASE.trim(100, Duration.ofHours(1)));

        try (var listen = late().subscribe(asking(Owner.anonymous()), Start.recent())) {
            assertEquals(List.of(), idsUpToMarker(listen, here));
        }
    }

    /// Ends and take-overs continue all night.
    @Test
    void subscribeAfterRecent_onlyControlsSince_isComplete() throws Exception {
        var here = replica();
        for (var n = 0; n < 9; n++) here.publish(Event.of(TOOLS));
        elapse(Duration.ofHours(2));
        for (var n = 0; n < 9; n++) here.removeTopic(SessionId.random(), Topic.RESOURCES.of("a"));
        elapse(Duration.ofMinutes(61));
        for (var n = 0; n < 3; n++) here.publish(Event.of(TOOLS).to(SessionId.random()));
        for (var n = 0; n < 9; n++) here.removeTopic(SessionId.random(), Topic.RESOURCES.of("a"));
        assertEquals(27, DATABASE.trim(4, Duration.ofHours(1)));

        try (var listen = late().subscribe(asking(Owner.principal("ann")), Start.recent())) {
            assertEquals(List.of(), idsUpToMarker(listen, here));
        }
    }

    @Test
    void subscribeAfterRecent_moreBeforeThisReplicaThanItRemembers_isALoss() throws Exception {
        var here = replica();
        for (var n = 0; n < 5; n++) here.publish(updated("u" + n));
        try (var listen = late().subscribe(asking(Owner.anonymous(), "u0"), Start.recent())) {
            assertEquals(1, idsUpToMarker(listen, here).size());
        }

        here.publish(updated("u5"));

        assertLagged(late(), asking(Owner.anonymous(), "u0"));
    }

    /// As after a copy from another cluster, or a failover: everything newer than the copy is missing.
    @Test
    void subscribeAfterRecent_logBeganAnewWithinFiveMinutes_isALoss() throws Exception {
        replica().publish(Event.of(TOOLS));
        elapse(Duration.ofHours(1));
        DATABASE.database().execute("update mcp_event_head set life = 'another server'");
        assertLagged(late(), asking(Owner.anonymous()));
        assertLagged(late(), asking(Owner.anonymous()));

        elapse(Duration.ofMinutes(5));

        var late = late();
        try (var listen = late.subscribe(asking(Owner.anonymous()), Start.recent())) {
            assertEquals(List.of(), idsUpToMarker(listen, late));
        }
    }
}
