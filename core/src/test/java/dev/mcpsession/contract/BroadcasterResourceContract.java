package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Resource updates reach only the subscriptions whose filter has the resource.
public interface BroadcasterResourceContract extends BroadcasterFixture {

    private static Event updated(String uri) {
        return Event.of(UPDATED, Json.obj().with("uri", uri));
    }

    private static EventFilter session() {
        return EventFilter.of(SessionId.random(), Owner.anonymous());
    }

    private static EventFilter asking(Owner owner, String... uris) {
        return EventFilter.selecting(owner, Set.of(TOOLS, "test/marker"), Set.of(uris));
    }

    @Test
    default void publish_updatedResource_reachesThoseWhoAskedForIt() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var ann = Owner.principal("ann");
            var everything = broadcaster.subscribe(EventFilter.all(), Start.now());
            var session = broadcaster.subscribe(session(), Start.now());
            var watching = broadcaster.subscribe(session().withTopics(Topic.RESOURCES.of(Set.of("a", "b"))), Start.now());
            var listen = broadcaster.subscribe(asking(Owner.anonymous(), "b"), Start.now());
            var ofAnn = broadcaster.subscribe(asking(ann, "a"), Start.now());

            var tools = broadcaster.publish(Event.of(TOOLS));
            var a = broadcaster.publish(updated("a"));
            var b = broadcaster.publish(updated("b"));
            var forAnn = broadcaster.publish(updated("a").to(ann));
            broadcaster.publish(updated("b").to(ann));
            broadcaster.publish(message(1).to(ann));
            var c = broadcaster.publish(updated("c"));
            var marker = settle(broadcaster);

            assertEquals(List.of(tools, a, b, c, marker), idsUpToMarker(everything));
            assertEquals(List.of(tools, marker), idsUpToMarker(session));
            assertEquals(List.of(tools, a, b, marker), idsUpToMarker(watching));
            assertEquals(List.of(tools, b, marker), idsUpToMarker(listen));
            assertEquals(List.of(tools, a, forAnn, marker), idsUpToMarker(ofAnn));
            closeAll(List.of(everything, session, watching, listen, ofAnn));
        }
    }

    @Test
    default void watch_openSubscription_seesItFromThenOn() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var other = broadcaster.subscribe(session(), Start.now());
            try (var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
                broadcaster.publish(updated("b"));
                var expected = new ArrayList<EventId>();

                broadcaster.addTopic(session, Topic.RESOURCES.of("a"));
                broadcaster.addTopic(session, Topic.RESOURCES.of("a"));
                broadcaster.addTopic(SessionId.random(), Topic.RESOURCES.of("c"));
                expected.add(broadcaster.publish(updated("a")));
                broadcaster.publish(updated("c"));
                expected.add(settle(broadcaster));
                assertEquals(expected, idsUpToMarker(reader));

                broadcaster.removeTopic(session, Topic.RESOURCES.of("a"));
                broadcaster.removeTopic(session, Topic.RESOURCES.of("b"));
                broadcaster.publish(updated("a"));
                var last = settle(broadcaster);
                assertEquals(List.of(last), idsUpToMarker(reader));
                assertEquals(List.of(expected.getLast(), last), idsUpToMarker(other, n -> n == 0));
            }
            other.close();
        }
    }

    @Test
    default void watch_whileTheReaderWaits_wakesItForItsUpdate() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var session = SessionId.random();
            try (var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now())) {
                var delivery = threads.start(() -> read(reader));
                BroadcasterTraffic.awaitWaiting(broadcaster, 1);

                broadcaster.addTopic(session, Topic.RESOURCES.of("a"));
                broadcaster.publish(updated("b"));
                var id = broadcaster.publish(updated("a"));

                assertEquals(id, assertInstanceOf(Delivery.Next.class, delivery.get()).id());
            }
        }
    }

    @Test
    default void subscribe_afterAPosition_replaysTheUpdatesThatAreWatchedNow() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var position = settle(broadcaster);
            var a = broadcaster.publish(updated("a"));
            broadcaster.publish(updated("b"));
            var marker = settle(broadcaster);

            try (var reader = broadcaster.subscribe(session().withTopics(Topic.RESOURCES.of(Set.of("a"))), Start.after(position))) {
                assertEquals(List.of(a, marker), idsUpToMarker(reader));
            }
        }
    }

    @Test
    default void next_floodOfOtherResources_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var readers = List.of(broadcaster.subscribe(session(), Start.now()),
                    broadcaster.subscribe(session().withTopics(Topic.RESOURCES.of(Set.of("a"))), Start.now()),
                    broadcaster.subscribe(asking(Owner.principal("ann"), "a"), Start.now()));
            published(broadcaster, 1000, n -> updated("u" + n % 50));
            var last = settle(broadcaster);

            for (var reader : readers) assertEquals(List.of(last), idsUpToMarker(reader));
            closeAll(readers);
        }
    }

    @Test
    default void next_updateLostAmongOthers_isHealedByTheNewest() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var readers = List.of(broadcaster.subscribe(session().withTopics(Topic.RESOURCES.of(Set.of("a"))), Start.now()),
                    broadcaster.subscribe(asking(Owner.anonymous(), "a"), Start.now()));
            broadcaster.publish(updated("a"));
            broadcaster.publish(updated("b"));
            var newest = broadcaster.publish(updated("a"));
            published(broadcaster, 100, n -> updated("u" + n % 50));
            var last = settle(broadcaster);

            for (var reader : readers) {
                assertEquals(0, assertInstanceOf(Delivery.Lagged.class, read(reader)).messages());
                assertEquals(List.of(newest, last), idsUpToMarker(reader));
            }
            closeAll(readers);
        }
    }
}
