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
        inUse.mark(id);
        inUse.mark(id);

        assertEquals(List.of(id), inUse.take());
        assertEquals(List.of(), inUse.take());
        assertEquals(0, inUse.count());
    }

    @Test
    void take_held_isTakenUntilReleased() {
        var hold = inUse.hold(id);
        assertEquals(List.of(id), inUse.take());
        assertEquals(List.of(id), inUse.take());

        hold.release();

        assertEquals(List.of(id), inUse.take()); // it was used until now
        assertEquals(0, inUse.count());
    }

    @Test
    void take_heldTwice_isTakenUntilBothReleased() {
        var one = inUse.hold(id);
        var other = inUse.hold(id);

        one.release();
        inUse.take();
        assertEquals(List.of(id), inUse.take());

        other.release();
        inUse.take();
        assertEquals(List.of(), inUse.take());
    }

    @Test
    void isHeld_onlyBetweenHoldAndRelease() {
        assertFalse(inUse.isHeld(id));
        inUse.mark(id);
        assertFalse(inUse.isHeld(id));

        var hold = inUse.hold(id);

        assertTrue(inUse.isHeld(id));
        hold.release();
        assertFalse(inUse.isHeld(id));
    }

    @Test
    void take_racingMark_losesNone() {
        var ids = Stream.generate(SessionId::random).limit(ROUNDS).toList();
        var taken = ConcurrentHashMap.<SessionId>newKeySet();

        Race.onEach(ids, inUse::mark, _ -> taken.addAll(inUse.take()));

        taken.addAll(inUse.take());
        assertEquals(Set.copyOf(ids), taken);
        assertEquals(0, inUse.count());
    }

    @Test
    void take_racingHoldOfTheSame_losesNone() {
        var rounds = Stream.iterate(0, i -> i + 1).limit(ROUNDS).toList();
        var holds = new ArrayList<SessionHolds.Use>();
        inUse.mark(id); // so that a take may just be retiring what is to be held

        Race.onEach(rounds, _ -> holds.add(inUse.hold(id)), _ -> {
            inUse.take();
            inUse.mark(id);
        });

        holds.subList(1, ROUNDS).forEach(SessionHolds.Use::release);
        inUse.take();
        assertEquals(List.of(id), inUse.take());
        holds.getFirst().release();
        inUse.take();
        assertEquals(0, inUse.count());
    }

    @Test
    void take_racingHoldAndReleaseOfTheSame_losesNone() {
        var rounds = Stream.iterate(0, i -> i + 1).limit(ROUNDS).toList();
        var missed = new HashSet<Integer>();

        Race.onEach(rounds, round -> {
            var use = inUse.hold(id);
            if (!inUse.take().contains(id)) missed.add(round);
            use.release();
        }, _ -> inUse.take());

        assertTrue(missed.isEmpty(), () -> missed.size() + " holds were not seen");
    }
}
