package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.json.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The application's state in a session.
public interface SessionStateContract extends SessionStoreFixture {

    @Test
    default void updateState_patch_mergesTheTopLevel() {
        var store = open(POLICY);
        var id = minted(store, ALICE);
        store.updateState(id, Json.obj().with("a", 1).with("b", Json.obj().with("x", 1)));

        var after = store.updateState(id, Json.obj().with("b", Json.obj().with("y", 2)).with("c", "3")).orElseThrow();

        assertEquals(Json.obj().with("a", 1).with("b", Json.obj().with("y", 2)).with("c", "3"), after.state());
        assertEquals(2, after.stateVersion());
        assertEquals(Optional.of(after), store.find(id));
    }

    @Test
    default void updateState_patchWithNull_removesTheKey() {
        var store = open(POLICY);
        var id = minted(store, ALICE);
        store.updateState(id, Json.obj().with("a", 1).with("b", 2));

        var after = store.updateState(id, Json.obj().with("a", Json.NULL).with("unknown", Json.NULL)).orElseThrow();

        assertEquals(Json.obj().with("b", 2), after.state());
    }

    @Test
    default void updateState_patchOverTheCap_changesNothing() {
        var store = open(POLICY.toBuilder().maxStateBytes(20).build());
        var id = minted(store, ALICE);
        var before = store.updateState(id, Json.obj().with("key", 1));

        assertThrows(StateTooLargeException.class, () -> store.updateState(id, Json.obj().with("other", "0123456789")));

        assertEquals(before, store.find(id));
    }

    @Test
    default void updateState_exactlyAtTheCap_isTaken() {
        var state = Json.obj().with("key", "ä€😀"); // counted in bytes, not in characters
        var store = open(POLICY.toBuilder().maxStateBytes(state.toUtf8().length).build());
        var id = minted(store, ALICE);

        var after = store.updateState(id, state).orElseThrow();

        assertEquals(state, after.state());
        assertThrows(StateTooLargeException.class, () -> store.updateState(id, Json.obj().with("key", "ä€😀!")));
    }

    @Test
    default void updateState_function_replacesTheState() {
        var store = open(POLICY);
        var id = minted(store, ALICE);
        store.updateState(id, Json.obj().with("a", 1));

        var after = store.updateState(id, state -> Json.obj().with("was", state)).orElseThrow();

        assertEquals(Json.obj().with("was", Json.obj().with("a", 1)), after.state());
        assertEquals(2, after.stateVersion());
        assertEquals(Optional.of(after), store.find(id));
    }

    @Test
    default void updateState_functionOverTheCap_changesNothing() {
        var store = open(POLICY.toBuilder().maxStateBytes(20).build());
        var id = minted(store, ALICE);
        var before = store.find(id);

        assertThrows(StateTooLargeException.class,
                () -> store.updateState(id, state -> state.with("key", "01234567890123456789")));

        assertEquals(before, store.find(id));
    }

    @Test
    default void updateState_functionThrows_changesNothing() {
        var store = open(POLICY);
        var id = minted(store, ALICE);
        var before = store.find(id);
        var failure = new IllegalStateException("no");

        var thrown = assertThrows(IllegalStateException.class, () -> store.updateState(id, _ -> { throw failure; }));

        assertSame(failure, thrown);
        assertEquals(before, store.find(id));
    }

    @Test
    default void updateState_notAlive_isEmpty() {
        var store = open(POLICY);
        var expired = expired(store, ALICE);
        var deleted = used(store, ALICE);
        store.delete(deleted);
        var patch = Json.obj().with("key", "value");

        for (var id : new SessionId[] {expired, deleted, SessionId.random()}) {
            assertTrue(store.updateState(id, patch).isEmpty());
            assertTrue(store.updateState(id, state -> state.merged(patch)).isEmpty());
        }

        assertEquals(Json.obj(), store.revive(expired, ALICE).orElseThrow().state());
    }

    @Test
    default void updateState_doesNotTouch() {
        var store = open(POLICY);
        var id = used(store, ALICE);
        elapse(TTL.minus(MINUTE));
        assertTrue(store.updateState(id, Json.obj().with("key", "value")).isPresent());

        elapse(MINUTE);

        assertTrue(store.find(id).isEmpty());
    }
}
