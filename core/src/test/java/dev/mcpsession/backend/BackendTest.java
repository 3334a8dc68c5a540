package dev.mcpsession.backend;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.after;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Handles;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendTest {

    private static final SessionPolicy POLICY = SessionPolicy.DEFAULT;

    private static final SessionPolicy OFTEN_SWEPT = // each millisecond
            SessionPolicy.builder().ttl(Duration.ofMillis(20)).provisionalTtl(Duration.ofMillis(20)).build();
    private static final Owner ANN = Owner.principal("ann");
    private static final Client NO_CLIENT = new Client("", "", Json.obj());

    private final HandClock clock = new HandClock();

    @AutoClose
    private final Backend backend = Backend.open(Backend.MEMORY, POLICY, BroadcasterOptions.DEFAULT).orElseThrow();

    @Test
    void store_ofAnotherKind_isAStoreOfItsOwn() {
        var carts = backend.store("cart", POLICY.toBuilder().maxSessions(7).build());

        assertInstanceOf(CreateResult.Created.class,
                carts.create(SessionId.random(), ANN, NO_CLIENT));

        assertEquals(7, carts.policy().maxSessions());
        assertEquals(0, backend.store().heldCount());
        assertEquals(0, backend.store("book", POLICY).heldCount());
    }

    @Test
    void store_sameKind_hasTheSameSessions() {
        assertSame(backend.store("cart", POLICY), backend.store("cart", POLICY));
        assertNotSame(backend.store("cart", POLICY), backend.store("book", POLICY));
    }

    @Test
    @Timeout(60)
    void expired_tenThousandHandles_areGoneThoughNobodyCalls() throws InterruptedException {
        try (var backend = backend(store -> store)) {
            var carts = backend.store("cart", OFTEN_SWEPT);
            var handles = new Handles(carts, "cart_");
            for (var i = 0; i < 10_000; i++) {
                handles.create(i % 2 == 0 ? Owner.anonymous() : Owner.principal("owner " + i), Json.obj());
            }
            assertEquals(10_000, carts.heldCount());

            clock.advance(OFTEN_SWEPT.ttl());

            while (carts.heldCount() > 0) Thread.sleep(1); // not a spin, which the time limit could not interrupt
        }
    }

    @Test
    @Timeout(60)
    void expired_handlesOfTwoKindsAndASessionInOneStore_onlyTheSessionStaysRevivable() throws InterruptedException {
        try (var backend = backend(store -> store)) {
            var shared = backend.store("any", OFTEN_SWEPT);
            var session = SessionId.random();
            shared.create(session, ANN, NO_CLIENT);
            shared.touch(session);
            for (var prefix : List.of("cart_", "book_")) {
                for (var i = 0; i < 50; i++) new Handles(shared, prefix).create(Owner.principal("owner " + i), Json.obj());
            }

            clock.advance(OFTEN_SWEPT.ttl());

            while (shared.heldCount() > 1) Thread.sleep(1);
            assertTrue(shared.revive(session, ANN).isPresent());
        }
    }

    static Stream<Throwable> failures() {
        return Stream.of(new SessionStoreException("away"), new OutOfMemoryError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    @Timeout(60)
    void sweep_storeFails_forgetsNoHandle(Throwable failure) throws InterruptedException {
        UnaryOperator<SessionStore> failing = store -> {
            var spied = spy(store);
            doThrow(failure).doCallRealMethod().when(spied).deleteExpired();
            doThrow(failure).doCallRealMethod().doThrow(failure).doCallRealMethod().when(spied).delete(any());
            return spied;
        };
        try (var backend = backend(failing)) {
            var carts = backend.store("cart", OFTEN_SWEPT);
            for (var i = 0; i < 3; i++) new Handles(carts, "cart_").create(ANN, Json.obj());

            clock.advance(OFTEN_SWEPT.ttl());

            while (carts.heldCount() > 0) Thread.sleep(1);
            verify(carts, times(5)).delete(any());
        }
    }

    @Test
    void close_backend_endsTheSweepsAndItsPartsInOrder() {
        var store = mock(SessionStore.class);
        var broadcaster = mock(Broadcaster.class);
        var swept = spy(new InMemorySessionStore(OFTEN_SWEPT));
        var backend = Backend.of(store, broadcaster, (_, _) -> swept);
        backend.store("cart", OFTEN_SWEPT);

        backend.close();

        var order = inOrder(broadcaster, store);
        order.verify(broadcaster).close();
        order.verify(store).close();
        clearInvocations(swept);
        assertDoesNotThrow(() -> backend.store("book", OFTEN_SWEPT));
        verify(swept, after(20).never()).deleteExpired();
    }

    private Backend backend(UnaryOperator<SessionStore> wrapper) {
        return Backend.of(mock(), mock(), (_, policy) -> wrapper.apply(new InMemorySessionStore(policy, clock)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "session", "Cart", "a b", "a'b", "9a", "ä", "abcdefghijklmnopqrstuvwxyz0123456"})
    void store_noNameOfAKind_isRefused(String kind) {
        assertThrows(IllegalArgumentException.class, () -> backend.store(kind, POLICY));
    }
}
