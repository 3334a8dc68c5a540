package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Events about one item of an extension's topic, like those of [BroadcasterResourceContract] for resources.
public interface BroadcasterTopicContract extends BroadcasterFixture {

    Topic TASKS = new Topic("taskIds", "notifications/tasks", "taskId");
    Topic JOBS = new Topic("jobIds", "notifications/jobs", "jobId");

    private static Event changed(Topic topic, String key) {
        return Event.of(topic, Json.obj().with("status", "working").with(topic.key(), key));
    }

    private static EventFilter session() {
        return EventFilter.of(SessionId.random(), Owner.anonymous());
    }

    private static EventFilter asking(Owner owner, Topic topic, String... keys) {
        return EventFilter.selecting(owner, Set.of("test/marker"), Set.of()).withTopics(topic.of(List.of(keys)));
    }

    @Test
    default void publish_thingOfATopic_isDeliveredAsItIs() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            for (var event : List.of(changed(TASKS, "a\u0000ü\"]"), changed(TASKS, "").to(SessionId.random()),
                    changed(JOBS, "1").to(Owner.principal("ann")))) {
                broadcaster.publish(event);
                if (event.audience() instanceof Audience.Everyone) {
                    assertEquals(event, assertInstanceOf(Delivery.Next.class, read(reader)).event());
                }
            }
        }
    }

    @Test
    default void publish_thingOfATopic_reachesThoseWhoAskedForIt() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var ann = Owner.principal("ann");
            var everything = broadcaster.subscribe(EventFilter.all(), Start.now());
            var session = broadcaster.subscribe(session(), Start.now());
            var watching = broadcaster.subscribe(session().withTopics(TASKS.of(Set.of("1", "2"))), Start.now());
            var listen = broadcaster.subscribe(asking(Owner.anonymous(), TASKS, "2"), Start.now());
            var ofAnn = broadcaster.subscribe(asking(ann, TASKS, "1"), Start.now());
            var ofJobs = broadcaster.subscribe(asking(ann, JOBS, "1"), Start.now());
            var ofResources = broadcaster.subscribe(asking(ann, Topic.RESOURCES, "1"), Start.now());

            var one = broadcaster.publish(changed(TASKS, "1"));
            var two = broadcaster.publish(changed(TASKS, "2"));
            var forAnn = broadcaster.publish(changed(TASKS, "1").to(ann));
            var job = broadcaster.publish(changed(JOBS, "1"));
            var resource = broadcaster.publish(changed(Topic.RESOURCES, "1"));
            var message = broadcaster.publish(Event.of(TASKS.method(), Json.obj().with("taskId", "1")));
            var marker = settle(broadcaster);

            assertEquals(List.of(one, two, job, resource, message, marker), idsUpToMarker(everything));
            assertEquals(List.of(message, marker), idsUpToMarker(session));
            assertEquals(List.of(one, two, message, marker), idsUpToMarker(watching));
            assertEquals(List.of(two, marker), idsUpToMarker(listen));
            assertEquals(List.of(one, forAnn, marker), idsUpToMarker(ofAnn));
            assertEquals(List.of(job, marker), idsUpToMarker(ofJobs));
            assertEquals(List.of(resource, marker), idsUpToMarker(ofResources));
            closeAll(List.of(everything, session, watching, listen, ofAnn, ofJobs, ofResources));
        }
    }

    @Test
    default void watch_thingOfATopic_isSeenFromThenOn() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            try (var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
                broadcaster.publish(changed(TASKS, "0"));
                broadcaster.addTopic(session, TASKS.of("1"));
                var seen = broadcaster.publish(changed(TASKS, "1"));
                broadcaster.publish(changed(JOBS, "1"));
                broadcaster.publish(changed(Topic.RESOURCES, "1"));
                assertEquals(List.of(seen, settle(broadcaster)), idsUpToMarker(reader));

                broadcaster.removeTopic(session, TASKS.of("1"));
                broadcaster.publish(changed(TASKS, "1"));
                assertEquals(List.of(settle(broadcaster)), idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void next_thingLostAmongOthers_isHealedByItsNewest() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var reader = broadcaster.subscribe(asking(Owner.anonymous(), TASKS, "a"), Start.now());
            broadcaster.publish(changed(TASKS, "a"));
            var newest = broadcaster.publish(changed(TASKS, "a"));
            broadcaster.publish(changed(JOBS, "a"));
            published(broadcaster, 100, n -> changed(n % 2 == 0 ? TASKS : Topic.RESOURCES, "u" + n % 50));
            var last = settle(broadcaster);

            assertEquals(0, assertInstanceOf(Delivery.Lagged.class, read(reader)).messages());
            assertEquals(List.of(newest, last), idsUpToMarker(reader));
            reader.close();
        }
    }

    @Test
    default void subscribeAfterRecent_thingsOfTopics_areToldOnce() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            broadcaster.publish(changed(TASKS, "1"));
            broadcaster.publish(changed(JOBS, "1"));
            var one = broadcaster.publish(changed(TASKS, "1"));
            broadcaster.publish(changed(TASKS, "2"));
            settle(broadcaster);

            try (var reader = broadcaster.subscribe(asking(Owner.anonymous(), TASKS, "1"), Start.recent())) {
                assertEquals(List.of(one, settle(broadcaster)), idsUpToMarker(reader));
            }
        }
    }
}
