package dev.mcpsession.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.json.Json;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendTest {

    private static final SessionPolicy POLICY = SessionPolicy.DEFAULT;

    @AutoClose
    private final Backend backend = Backend.open(Backend.MEMORY, POLICY, BroadcasterOptions.DEFAULT).orElseThrow();

    @Test
    void store_ofAnotherKind_isAStoreOfItsOwn() {
        var carts = backend.store("cart", POLICY.toBuilder().maxSessions(7).build());

        assertInstanceOf(CreateResult.Created.class,
                carts.create(SessionId.random(), Owner.principal("ann"), new Client("", "", Json.obj())));

        assertEquals(7, carts.policy().maxSessions());
        assertEquals(0, backend.store().heldCount());
        assertEquals(0, backend.store("book", POLICY).heldCount());
    }

    @Test
    void store_sameKind_hasTheSameSessions() {
        assertSame(backend.store("cart", POLICY), backend.store("cart", POLICY));
        assertNotSame(backend.store("cart", POLICY), backend.store("book", POLICY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "session", "Cart", "a b", "a'b", "9a", "ä", "abcdefghijklmnopqrstuvwxyz0123456"})
    void store_noNameOfAKind_isRefused(String kind) {
        assertThrows(IllegalArgumentException.class, () -> backend.store(kind, POLICY));
    }
}
