package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.contract.Race;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionHoldsTest {

    private static final int ROUNDS = 10_000;

    private final SessionHolds inUse = new SessionHolds();
    private final SessionId id = SessionId.random();

    @Test
    void take_marked_isTakenOnce() {
        inUse.hold(id).close();
        inUse.hold(id).close();

        assertEquals(List.of(id), inUse.take());
        assertEquals(List.of(), inUse.take());
        assertEquals(0, inUse.count());
    }

    @Test
    void take_held_isTakenUntilReleased() {
        var hold = inUse.hold(id);
        assertEquals(List.of(id), inUse.take());
        assertEquals(List.of(id), inUse.take());

        hold.close();

        assertEquals(List.of(id), inUse.take()); // it was in use until now
        assertEquals(0, inUse.count());
    }

    @Test
    void take_heldTwice_isTakenUntilBothReleased() {
        var one = inUse.hold(id);
        var other = inUse.hold(id);

        one.close();
        inUse.take();
        assertEquals(List.of(id), inUse.take());

        other.close();
        inUse.take();
        assertEquals(List.of(), inUse.take());
    }

    @Test
    void putBack_taken_keepsTheTimeOfTheLastUse() {
        inUse.hold(id).close();
        var released = System.nanoTime();
        Endpoint.await(() -> System.nanoTime() - released > 20_000_000);

        inUse.putBack(inUse.take());

        assertTrue(inUse.unusedFor(id).orElseThrow().toNanos() > 20_000_000);
        assertEquals(List.of(id), inUse.take());
    }

    @Test
    void isHeld_onlyBetweenHoldAndRelease() {
        assertFalse(inUse.isHeld(id));
        inUse.hold(id).close();
        assertFalse(inUse.isHeld(id));

        var hold = inUse.hold(id);

        assertTrue(inUse.isHeld(id));
        hold.close();
        assertFalse(inUse.isHeld(id));
    }

    @Test
    void take_racingMark_losesNone() {
        var ids = Stream.generate(SessionId::random).limit(ROUNDS).toList();
        var taken = ConcurrentHashMap.<SessionId>newKeySet();

        Race.onEach(ids, id -> inUse.hold(id).close(), _ -> taken.addAll(inUse.take()));

        taken.addAll(inUse.take());
        assertEquals(Set.copyOf(ids), taken);
        assertEquals(0, inUse.count());
    }

    @Test
    void take_racingHoldOfTheSame_losesNone() {
        var rounds = Stream.iterate(0, i -> i + 1).limit(ROUNDS).toList();
        var holds = new ArrayList<SessionHolds.Hold>();
        inUse.hold(id).close(); // so that a take may be retiring the session that is about to be held

        Race.onEach(rounds, _ -> holds.add(inUse.hold(id)), _ -> {
            inUse.take();
            inUse.hold(id).close();
        });

        holds.subList(1, ROUNDS).forEach(SessionHolds.Hold::close);
        inUse.take();
        assertEquals(List.of(id), inUse.take());
        holds.getFirst().close();
        inUse.take();
        assertEquals(0, inUse.count());
    }

    @Test
    void take_racingHoldAndReleaseOfTheSame_losesNone() {
        var rounds = Stream.iterate(0, i -> i + 1).limit(ROUNDS).toList();
        var missed = new HashSet<Integer>();

        Race.onEach(rounds, round -> {
            var hold = inUse.hold(id);
            if (!inUse.take().contains(id)) missed.add(round);
            hold.close();
        }, _ -> inUse.take());

        assertTrue(missed.isEmpty(), () -> missed.size() + " holds were not seen");
    }
}
