package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Client;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.StateTooLargeException;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Text is stored unchanged, even where Postgres' own types would reject or rewrite it.
class StoredTextTest {

    private static final String NASTY = "\0 \\u0000 \\ \" ' \uD83D | \uDE00 \uD83D\uDE00 \u2028 \u007f é € $1 ? {ttl}";

    private static TestDatabase database;
    private static PostgresSessionStore store;

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        store = database.store(SessionStoreFixture.POLICY);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static SessionId minted() {
        var id = SessionId.random();
        store.create(id, SessionStoreFixture.ANYBODY, SessionStoreFixture.CLIENT);
        return id;
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{}", "[]", "null", "true", "\"\"", "0", "-0", "1.0", "1.00", "1e2", "1E400", "1e-400", "1e20000000",
            "123456789012345678901234567890.000000000000000000000000000001",
            "\"\\u0000\"", "\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\u2028\\u007f\\\\\\\"\"", "{\"\\u0000\":[{\"\":null}]}",
    })
    void updateState_anyValue_comesBackAsItWas(String json) {
        var value = Json.parse(json);
        var id = minted();

        var replaced = store.updateState(id, _ -> Json.obj().with("value", value)).orElseThrow();
        assertEquals(Json.obj().with("value", value), replaced.state());

        var merged = store.updateState(id, Json.obj().with("other", Json.arr(value))).orElseThrow();
        assertEquals(Json.obj().with("value", value).with("other", Json.arr(value)), merged.state());
        assertEquals(Optional.of(merged), store.find(id));
    }

    @Test
    void updateState_anyKey_isMergedAndRemoved() {
        var id = minted();
        for (var key : List.of("", NASTY, "a\\u0000", "a\0", "{columns}", "\"", "\\")) {
            store.updateState(id, Json.obj().with(key, 1).with("stays", 2));
            var replaced = store.updateState(id, Json.obj().with(key, NASTY)).orElseThrow();
            assertEquals(Json.obj().with("stays", 2).with(key, NASTY), replaced.state());

            var removed = store.updateState(id, Json.obj().with(key, Json.NULL)).orElseThrow();
            assertEquals(Json.obj().with("stays", 2), removed.state());
        }
    }

    @Test
    void updateState_keyThatLooksLikeAnEscape_isAnother() {
        var id = minted();

        var after = store.updateState(id, Json.obj().with("\0", 1).with("\\u0000", 2)).orElseThrow();

        assertEquals(Json.obj().with("\0", 1).with("\\u0000", 2), after.state());
    }

    @Test
    void updateState_nullFromAFunction_isKept() {
        var id = minted();

        var after = store.updateState(id, _ -> Json.obj().with("a", Json.NULL)).orElseThrow();

        assertEquals(Json.obj().with("a", Json.NULL), after.state());
    }

    @Test
    void updateState_anyText_isCountedAsItIsWritten() {
        var states = List.of(Json.obj(), Json.obj().with("", ""), Json.obj().with("a", 1).with("b", Json.arr(Json.obj(), Json.NULL)),
                Json.obj().with(NASTY, NASTY).with("x", Json.obj().with(NASTY, Json.arr())), Json.obj().with("é", "€😀"));
        for (var state : states) {
            var bytes = state.toUtf8().length;
            var id = minted();
            var exact = database.store(SessionStoreFixture.POLICY.toBuilder().maxStateBytes(bytes).build());
            exact.updateState(id, state).orElseThrow();

            var error = assertThrows(StateTooLargeException.class, () -> exact.updateState(id, Json.obj().with("one more", 1)));

            var grown = state.with("one more", 1).toUtf8().length;
            assertEquals("session state must be at most " + bytes + " bytes: " + grown, error.getMessage());
        }
    }

    @Test
    void updateState_patchNestedTooDeeply_changesNothing() {
        var id = minted();
        var before = store.find(id);
        var deep = Json.arr();
        for (int i = 0; i < 63; i++) deep = Json.arr(deep);
        var patch = Json.obj().with("deep", deep);

        assertThrows(JsonException.class, () -> store.updateState(id, patch));
        assertThrows(JsonException.class, () -> store.updateState(id, _ -> patch));

        assertEquals(before, store.find(id));
    }

    @Test
    void create_anyText_comesBackAsItWas() {
        var owner = Owner.principal(NASTY);
        var client = new Client(NASTY, NASTY, Json.obj().with(NASTY, NASTY));
        var id = SessionId.random();

        store.create(id, owner, client);

        var found = store.find(id).orElseThrow();
        assertEquals(owner.value(), found.owner().value());
        assertEquals(client, found.client());
        assertEquals(List.of(found), store.list(owner));
        assertEquals(Optional.of(id), store.revive(id, owner).map(session -> session.id()));
    }

    @Test
    void create_longestTexts_areKept() {
        var owner = Owner.principal("o".repeat(100_000)); // longer than a B-tree entry may be
        var client = new Client("v".repeat(30_000), "n".repeat(30_000), "{}");
        var id = new SessionId("~".repeat(SessionId.MAX_LENGTH));

        store.create(id, owner, client);

        assertEquals(client, store.find(id).orElseThrow().client());
        assertEquals(1, store.deleteAll(owner).size());
    }

    @Test
    void updateState_stateInTheTable_isReadableForOperators() {
        var id = minted();
        store.updateState(id, Json.obj().with("cart", Json.obj().with("items", 3)));

        assertEquals("3", database.ask("select (state ->> 'cart')::jsonb ->> 'items' from mcp_session where id = '" + id.value() + "'"));
    }
}
