package dev.mcpsession.contract;

import static dev.mcpsession.contract.Await.await;
import static dev.mcpsession.contract.BroadcasterTraffic.idsUpToMarker;
import static dev.mcpsession.contract.BroadcasterTraffic.marker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.ControlObserver;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Observing the controls, and relaying messages of clients: every observer gets them in order, and no subscription does.
public interface BroadcasterRelayContract extends BroadcasterFixture {

    /// Records what it observes.
    final class Recorder implements ControlObserver {

        private final List<Object> seen = new CopyOnWriteArrayList<>();
        private final AtomicReference<Duration> ticked = new AtomicReference<>();

        @Override
        public void sessionsEnded(Collection<SessionId> sessions) {
            seen.addAll(sessions);
        }

        @Override
        public void ownerEnded(Owner owner) {
            seen.add(owner);
        }

        @Override
        public void relayed(SessionId session, Json.Obj message) {
            seen.add(session);
            seen.add(message);
        }

        @Override
        public void tick(Duration heartbeat) {
            ticked.set(heartbeat);
            throw new IllegalStateException("an observer that fails, as this test wants it");
        }

        private void awaitAll(List<?> expected) {
            await("all controls", () -> seen.size() >= expected.size());
            assertEquals(expected, List.copyOf(seen));
        }
    }

    private static Json.Obj response(String text) {
        return Json.obj().with("id", "x").with("result", Json.obj().with("text", text));
    }

    @Test
    default void observe_relayedAndEnds_comeToEachObserverInOrder() {
        try (var broadcaster = open(ROOMY)) {
            var observers = List.of(new Recorder(), new Recorder());
            observers.forEach(broadcaster::observe);
            var session = SessionId.random();
            var ended = List.of(SessionId.random(), SessionId.random());
            var ann = Owner.principal("ann");
            var odd = response("\0 \"quoted\" \n é 𝄞");

            broadcaster.relay(session, odd);
            broadcaster.endSessions(ended);
            broadcaster.endOwner(ann);
            broadcaster.relay(session, response("last"));

            var all = List.of(session, odd, ended.getFirst(), ended.getLast(), ann, session, response("last"));
            observers.forEach(observer -> observer.awaitAll(all));
        }
    }

    @Test
    default void relay_subscriptions_receiveNothing() throws Exception {
        try (var broadcaster = open(ROOMY)) {
            var session = SessionId.random();
            var reader = broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());

            broadcaster.relay(session, response("for another replica"));
            var marker = broadcaster.publish(marker());

            assertEquals(List.of(marker), idsUpToMarker(reader));
            reader.close();
        }
    }

    @Test
    default void observe_closed_seesNoMore() {
        try (var broadcaster = open(ROOMY)) {
            var gone = new Recorder();
            var present = new Recorder();
            broadcaster.observe(gone).close();
            broadcaster.observe(present);
            var session = SessionId.random();

            broadcaster.relay(session, response("late"));

            present.awaitAll(List.of(session, response("late")));
            gone.awaitAll(List.of());
        }
    }

    @Test
    default void observe_ticks_carryTheHeartbeat() {
        try (var broadcaster = open(BroadcasterOptions.DEFAULT.toBuilder().heartbeat(HEARTBEAT).build())) {
            var failing = new Recorder();
            var other = new Recorder();
            broadcaster.observe(failing);
            broadcaster.observe(other);

            await("a tick", () -> HEARTBEAT.equals(failing.ticked.get()) && HEARTBEAT.equals(other.ticked.get()));
        }
    }

    @Test
    default void relay_closed_throws() {
        var broadcaster = open(ROOMY);
        broadcaster.close();

        assertThrows(BroadcasterClosedException.class, () -> broadcaster.relay(SessionId.random(), response("too late")));
    }
}
