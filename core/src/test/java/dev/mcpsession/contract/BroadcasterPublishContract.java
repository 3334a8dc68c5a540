package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.requireIncreasing;
import static dev.mcpsession.contract.BroadcasterTraffic.subscriptions;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Publishing: delivery, audiences, order.
public interface BroadcasterPublishContract extends BroadcasterFixture {

    @Test
    default void publish_event_isDeliveredAsItIs() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var event = Event.of(UPDATED, Json.obj().with("uri", "file:///a\nb").with("_meta", Json.obj().with("k", 1)));

            var id = broadcaster.publish(event);

            var delivered = event(reader);
            assertEquals(id, delivered.id());
            assertEquals(event, delivered.event());
            var lines = frame(delivered).split("\n", -1);
            assertEquals("id: " + id, lines[0]);
            assertEquals("event: message", lines[1]);
            assertEquals(notification(event), Json.parse(lines[2].substring("data: ".length())));
            assertEquals(List.of("", ""), List.of(lines).subList(3, lines.length));
        }
    }

    @Test
    default void publish_several_returnsIdsThatParseAndIncrease() {
        try (var broadcaster = open(ROOMY)) {
            var ids = published(broadcaster, 20);

            ids.forEach(id -> assertEquals(Optional.of(id), EventId.parse(id.toString())));
            requireIncreasing(ids);
        }
    }

    @Test
    default void publish_byManyThreads_isSeenInOneOrder() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var readers = subscriptions(broadcaster, 5);
            var seen = readers.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            var returned = IntStream.range(0, 4).mapToObj(_ -> threads.start(() -> published(broadcaster, 250))).toList();

            var all = new ArrayList<EventId>();
            for (var ids : returned) all.addAll(ids.get());
            var marker = broadcaster.publish(marker());

            all.sort(BY_SEQUENCE);
            all.add(marker);
            for (var ids : seen) assertEquals(all, ids.get());
            closeAll(readers);
        }
    }

    @Test
    default void publish_toSeveralAudiences_reachesTheAddresseesInOrder() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var sibling = SessionId.random();
            var anonymous = SessionId.random();
            var owner = Owner.principal("ann");
            var ofSession = broadcaster.subscribe(EventFilter.of(session, owner), Start.now());
            var ofSibling = broadcaster.subscribe(EventFilter.of(sibling, owner), Start.now());
            var ofStranger = broadcaster.subscribe(EventFilter.of(SessionId.random(), Owner.principal("bob")), Start.now());
            var ofAnonymous = broadcaster.subscribe(EventFilter.of(anonymous, Owner.anonymous()), Start.now());
            var ofNobody = broadcaster.subscribe(EventFilter.all(), Start.now());

            var toOwner = broadcaster.publish(message(0).to(owner));
            var toAll = broadcaster.publish(message(1));
            var toSession = broadcaster.publish(message(2).to(session));
            var toAnonymous = broadcaster.publish(message(3).to(anonymous));
            var toSibling = broadcaster.publish(message(4).to(sibling));
            var toOwnerAgain = broadcaster.publish(message(5).to(owner));
            var last = broadcaster.publish(marker());

            assertEquals(List.of(toOwner, toAll, toSession, toOwnerAgain, last), idsUpToMarker(ofSession));
            assertEquals(List.of(toOwner, toAll, toSibling, toOwnerAgain, last), idsUpToMarker(ofSibling));
            assertEquals(List.of(toAll, last), idsUpToMarker(ofStranger));
            assertEquals(List.of(toAll, toAnonymous, last), idsUpToMarker(ofAnonymous));
            assertEquals(List.of(toAll, last), idsUpToMarker(ofNobody));
            closeAll(List.of(ofSession, ofSibling, ofStranger, ofAnonymous, ofNobody));
        }
    }

    @Test
    default void publish_addressedAndNotByManyThreads_isMergedInOneOrder() throws Exception {
        try (var broadcaster = open(ROOMY); var threads = new Threads()) {
            var owner = Owner.principal("ann");
            var readers = Stream.generate(() -> EventFilter.of(SessionId.random(), owner)).limit(3)
                    .map(filter -> broadcaster.subscribe(filter, Start.now())).toList();
            var seen = readers.stream().map(reader -> threads.start(() -> idsUpToMarker(reader))).toList();
            var toOwner = threads.start(() -> published(broadcaster, 500, n -> message(n).to(owner)));
            var toAll = threads.start(() -> published(broadcaster, 500, BroadcasterTraffic::message));

            var all = new ArrayList<>(toOwner.get());
            all.addAll(toAll.get());
            all.sort(BY_SEQUENCE);
            all.add(broadcaster.publish(marker()));

            for (var ids : seen) assertEquals(all, ids.get());
            closeAll(readers);
        }
    }

    @Test
    default void publish_sameKey_isPublishedOnce() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var first = broadcaster.publish("k", message(1));
            var other = broadcaster.publish("l", message(2));

            assertEquals(first, broadcaster.publish("k", message(3)));

            var last = broadcaster.publish(marker());
            assertEquals(List.of(first, other, last), idsUpToMarker(reader));
        }
    }

    @Test
    default void publish_sameKeyAtOnce_isPublishedOnce() throws Exception {
        try (var broadcaster = open(ROOMY); var reader = broadcaster.subscribe(EventFilter.all(), Start.now());
                var threads = new Threads()) {
            var tries = IntStream.range(0, 8).mapToObj(n -> threads.start(() -> broadcaster.publish("k", message(n)))).toList();

            var ids = new ArrayList<EventId>();
            for (var id : tries) ids.add(id.get());

            assertEquals(Set.of(ids.getFirst()), Set.copyOf(ids));
            assertEquals(List.of(ids.getFirst(), broadcaster.publish(marker())), idsUpToMarker(reader));
        }
    }

    @Test
    default void publish_tooLarge_isRefusedAndNotPublished() throws Exception {
        try (var broadcaster = open(ROOMY.toBuilder().maxEventBytes(1000).build());
                var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var tooLarge = Event.of(MESSAGE, Json.obj().with("text", "x".repeat(1000)));

            assertThrows(IllegalArgumentException.class, () -> broadcaster.publish(tooLarge));
            assertThrows(IllegalArgumentException.class, () -> broadcaster.publish("k", tooLarge));

            var keyed = broadcaster.publish("k", message(1));
            assertEquals(List.of(keyed, broadcaster.publish(marker())), idsUpToMarker(reader));
        }
    }

    private static Json notification(Event event) {
        return Json.obj().with("jsonrpc", "2.0").with("method", event.method()).with("params", event.params());
    }

    private static String frame(Delivery.Next delivery) throws IOException {
        var out = new ByteArrayOutputStream();
        delivery.frame().writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
