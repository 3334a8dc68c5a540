package dev.mcpsession.contract;

import static dev.mcpsession.contract.BroadcasterTraffic.closeAll;
import static dev.mcpsession.contract.BroadcasterTraffic.event;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.isMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static dev.mcpsession.contract.BroadcasterTraffic.message;
import static dev.mcpsession.contract.BroadcasterTraffic.published;
import static dev.mcpsession.contract.BroadcasterTraffic.read;
import static dev.mcpsession.contract.BroadcasterTraffic.requireIncreasing;
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
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Slow readers: what `Lagged` reports, what they still receive, and what causes no lag.
public interface BroadcasterLagContract extends BroadcasterFixture {

    @Test
    default void next_laggedFarBehind_isToldHealedAndGoesOn() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var published = new LinkedHashMap<EventId, Event>();
            for (var n = 0; n < 200; n++) {
                var event = switch (n % 10) {
                    case 0 -> updated("a", n);
                    case 3 -> updated("b", n);
                    case 5 -> n < 100 ? Event.of(TOOLS) : message(n);
                    default -> message(n);
                };
                published.put(broadcaster.publish(event), event);
            }
            published.put(settle(broadcaster), marker());

            assertEquals(afterLag(published), deliveriesUpToMarker(reader));

            var live = published(broadcaster, 3);
            live.add(broadcaster.publish(marker()));
            assertEquals(live, idsUpToMarker(reader));
        }
    }

    @Test
    default void next_laggedAgainAndAgain_countsEach() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            for (var lost : List.of(1, 2, 15, 16, 17, 31, 32, 33, 1000)) {
                var published = new LinkedHashMap<EventId, Event>();
                for (var n = 0; n < KEPT + lost - 1; n++) published.put(broadcaster.publish(message(n)), message(n));
                published.put(settle(broadcaster), marker());

                assertEquals(afterLag(published), deliveriesUpToMarker(reader), () -> "lost: " + lost);
            }
        }
    }

    @Test
    default void next_exactlyAsMuchAsIsKept_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            var ids = published(broadcaster, KEPT - 1);
            ids.add(settle(broadcaster));

            assertEquals(ids, idsUpToMarker(reader));
        }
    }

    @Test
    default void next_onlySignalsLost_losesNoMessage() throws Exception {
        try (var broadcaster = open(TIGHT); var reader = broadcaster.subscribe(EventFilter.all(), Start.now())) {
            published(broadcaster, 100, _ -> Event.of(TOOLS));
            published(broadcaster, KEPT - 1);
            settle(broadcaster);

            assertEquals(new Delivery.Lagged(99, 0), read(reader));
            assertEquals(TOOLS, event(reader).event().method());
        }
    }

    @Test
    default void next_laggedWithMail_keepsTheOrder() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
            var before = broadcaster.publish(Event.of(TOOLS));
            var mail = broadcaster.publish(message(0).to(session));
            var after = broadcaster.publish(Event.of(PROMPTS));
            published(broadcaster, KEPT - 1);
            settle(broadcaster);

            assertEquals(new Delivery.Lagged(0, 0), read(reader));
            assertEquals(List.of(before, mail, after), List.of(event(reader).id(), event(reader).id(), event(reader).id()));
            assertEquals(KEPT, idsUpToMarker(reader).size());
            reader.close();
        }
    }

    @Test
    default void next_lostMail_isTold() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
            published(broadcaster, 100, n -> message(n).to(session));
            settle(broadcaster);

            assertEquals(new Delivery.Lagged(100 - KEPT, 100 - KEPT), read(reader));
            assertEquals(KEPT + 1, idsUpToMarker(reader).size());
            reader.close();
        }
    }

    @Test
    default void next_unwantedMethodsWentBy_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT);
                var reader = broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of(TOOLS), Set.of()), Start.now())) {
            var first = broadcaster.publish(Event.of(TOOLS));
            assertEquals(first, event(reader).id());
            published(broadcaster, 1000);
            settle(broadcaster);
            var second = broadcaster.publish(Event.of(TOOLS));

            assertEquals(second, event(reader).id());
        }
    }

    @Test
    default void next_wantedAmongUnwanted_isHealed() throws Exception {
        try (var broadcaster = open(TIGHT);
                var reader = broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of(TOOLS), Set.of()), Start.now())) {
            broadcaster.publish(Event.of(TOOLS));
            broadcaster.publish(Event.of(PROMPTS));
            var newest = broadcaster.publish(Event.of(TOOLS));
            published(broadcaster, 100);
            settle(broadcaster);

            assertInstanceOf(Delivery.Lagged.class, read(reader));
            assertEquals(newest, event(reader).id());
            var live = broadcaster.publish(Event.of(TOOLS));
            assertEquals(live, event(reader).id());
        }
    }

    @Test
    default void next_floodForOthers_isNotLagged() throws Exception {
        try (var broadcaster = open(TIGHT)) {
            var owner = Owner.principal("ann");
            var readers = List.of(
                    broadcaster.subscribe(EventFilter.all(), Start.now()),
                    broadcaster.subscribe(EventFilter.of(SessionId.random(), owner), Start.now()),
                    broadcaster.subscribe(EventFilter.selecting(Owner.anonymous(), Set.of(TOOLS, "test/marker"), Set.of()), Start.now()));
            var first = broadcaster.publish(Event.of(TOOLS));
            var other = SessionId.random();
            published(broadcaster, flood(), n -> n % 2 == 0 ? message(n).to(other) : message(n).to(Owner.principal("bob")));
            var last = settle(broadcaster);

            for (var reader : readers) assertEquals(List.of(first, last), idsUpToMarker(reader));
            closeAll(readers);
        }
    }

    @Test
    default void next_slowAmongFloods_neverGoesBack() throws Exception {
        try (var broadcaster = open(TIGHT); var threads = new Threads()) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
            var publisher = threads.start(() -> published(broadcaster, 20_000 * flood() / 100_000, n -> switch (n % 5) {
                case 0 -> message(n).to(session);
                case 1, 2 -> updated("u" + n % 50, n);
                default -> message(n);
            }));
            var seen = threads.start(() -> {
                var ids = new ArrayList<EventId>();
                while (true) {
                    if (read(reader) instanceof Delivery.Next next) {
                        ids.add(next.id());
                        if (isMarker(next)) return ids;
                    }
                    if (ids.size() % 7 == 0) LockSupport.parkNanos(20_000);
                }
            });
            publisher.get();
            broadcaster.publish(marker());

            requireIncreasing(seen.get());
            reader.close();
        }
    }

    private static Event updated(String uri, int n) {
        return Event.of(UPDATED, Json.obj().with("uri", uri).with("n", n));
    }

    /// The ids of events, and losses as `Lagged` reports them.
    private static List<Object> deliveriesUpToMarker(Subscription reader) throws InterruptedException {
        var deliveries = new ArrayList<Object>();
        while (true) {
            var delivery = read(reader);
            deliveries.add(delivery instanceof Delivery.Next(var id, _) ? id : delivery);
            if (delivery instanceof Delivery.Next next && isMarker(next)) return deliveries;
        }
    }

    /// The deliveries of an unfiltered reader that has lost all but the last [#KEPT] events.
    private static List<Object> afterLag(LinkedHashMap<EventId, Event> published) {
        var lost = published.size() - KEPT;
        var newest = new TreeMap<String, EventId>();
        var messages = 0;
        for (var entry : published.entrySet().stream().limit(lost).toList()) {
            var key = entry.getValue().signalKey();
            if (key.isPresent()) newest.put(key.get(), entry.getKey());
            else messages++;
        }
        var healing = new ArrayList<>(newest.values());
        healing.sort(BY_SEQUENCE);
        var expected = new ArrayList<Object>(List.of(new Delivery.Lagged(lost - healing.size(), messages)));
        expected.addAll(healing);
        expected.addAll(published.keySet().stream().skip(lost).toList());
        return expected;
    }
}
