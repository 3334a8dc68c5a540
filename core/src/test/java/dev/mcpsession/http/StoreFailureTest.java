package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.POLICY;
import static dev.mcpsession.http.TestRequest.INITIALIZE;
import static dev.mcpsession.http.TestRequest.delete;
import static dev.mcpsession.http.TestRequest.get;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doCallRealMethod;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A store that fails: the client gets 503 with `Retry-After`, and no place stays taken.
@Timeout(30)
class StoreFailureTest {

    private static final SessionStoreException AWAY = new SessionStoreException("the store is away");

    private final Endpoint endpoint = new Endpoint(POLICY.toBuilder().maxSessionsPerOwner(1).build());

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void decide_findFails_isUnavailableOnEachVerb() {
        var id = endpoint.used(ALICE);
        doThrow(AWAY).when(endpoint.store).find(any());
        doThrow(AWAY).when(endpoint.store).delete(any(), any());

        assertUnavailable(post().within(id).by(ALICE), 1);
        assertUnavailable(get().within(id).by(ALICE), 2);
        assertUnavailable(delete().within(id).by(ALICE), 3);
        assertUnavailable(get().within(id).by(ALICE).with(McpHeaders.LAST_EVENT_ID, "other"), 4);
    }

    @Test
    void decide_reviveFails_isUnavailable() {
        var id = endpoint.used(ALICE);
        endpoint.elapse(POLICY.ttl());
        doThrow(AWAY).when(endpoint.store).revive(any(), any());

        assertUnavailable(post().within(id).by(ALICE), 1);
        assertUnavailable(get().within(id).by(ALICE), 2);
    }

    @Test
    void decide_touchFails_isUnavailableAndHoldsNothing() {
        var id = endpoint.created(ALICE);
        doThrow(AWAY).when(endpoint.store).touch(any());

        assertUnavailable(post().within(id).by(ALICE), 1);
        assertUnavailable(get().within(id).by(ALICE), 2);

        endpoint.handler.close(Duration.ZERO); // would touch what is held, all at once
        endpoint.elapse(POLICY.provisionalTtl());
        assertTrue(endpoint.store.find(id).isEmpty());
    }

    @Test
    void decide_touchFailsOften_takesNoPlace() {
        var limits = Limits.builder().maxStreams(2).maxBodyBytes(1_000).maxInitializeBytes(1_000).build();
        try (var small = new Endpoint(b -> b.limits(limits))) {
            var id = small.used(ALICE);
            doThrow(AWAY).doThrow(AWAY).doThrow(AWAY).doCallRealMethod().when(small.store).touch(any());

            for (var i = 0; i < 3; i++) assertEquals(503, small.reply(get().within(id).by(ALICE)).status());

            small.stream(get().within(id).by(ALICE)).stream().close();
            small.assertNothingUnderWay();
        }
    }

    @Test
    void decide_deleteFails_isUnavailableAndTheSessionStays() {
        var id = endpoint.used(ALICE);
        doThrow(AWAY).when(endpoint.store).delete(any(), any());

        assertUnavailable(delete().within(id).by(ALICE), 1);

        assertTrue(endpoint.store.find(id).isPresent());
    }

    @Test
    void decide_createFails_isUnavailable() {
        doThrow(AWAY).when(endpoint.store).create(any(), any(), any());

        assertUnavailable(post(INITIALIZE).by(ALICE), 1);
    }

    @Test
    void decide_evictionFails_isUnavailable() {
        endpoint.created(ALICE);
        doThrow(AWAY).when(endpoint.store).delete(any());
        assertUnavailable(post(INITIALIZE).by(ALICE), 1);

        doThrow(AWAY).when(endpoint.store).list(any());
        assertUnavailable(post(INITIALIZE).by(ALICE), 2);
    }

    @Test
    void completed_deleteFails_isCountedAndTheSessionExpires() {
        var forward = endpoint.forward(post(INITIALIZE).by(ALICE));
        doThrow(AWAY).when(endpoint.store).delete(any());

        forward.completed(500);

        assertEquals(1, endpoint.handler.stats().storeFailures());
        endpoint.assertNothingUnderWay();
        endpoint.elapse(POLICY.provisionalTtl());
        assertEquals(0, endpoint.store.list().size());
    }

    @Test
    void deleteAll_storeFails_throws() {
        doThrow(AWAY).when(endpoint.store).deleteAll(any());

        assertSame(AWAY, assertThrows(SessionStoreException.class, () -> endpoint.handler.deleteAll(Owner.principal(ALICE))));
    }

    @Test
    void close_keepAliveFails_isCounted() {
        endpoint.used(ALICE);
        doThrow(AWAY).when(endpoint.store).keepAlive(any());

        endpoint.handler.close(Duration.ZERO);

        assertEquals(1, endpoint.handler.stats().storeFailures());
    }

    @Test
    void decide_storeAwayForLong_countsEachAndRecovers() {
        var id = endpoint.used(ALICE);
        doThrow(AWAY).when(endpoint.store).find(any());
        for (var i = 1; i <= 1_000; i++) assertUnavailable(post().within(id).by(ALICE), i);

        doCallRealMethod().when(endpoint.store).find(any());

        endpoint.call(post().within(id).by(ALICE));
    }

    @Test
    void decide_subscribeFails_throwsAndTakesNoPlace() throws IOException {
        var broadcaster = mock(Broadcaster.class);
        when(broadcaster.subscribe(any(), any())).thenThrow(new IllegalStateException("a bug"));
        var id = endpoint.used(ALICE);
        var limits = Limits.builder().maxStreams(1).maxBodyBytes(1_000).maxInitializeBytes(1_000).build();
        UnaryOperator<SessionHandler.Builder> settings = b -> b.broadcaster(broadcaster).limits(limits);
        try (var handler = settings.apply(SessionHandler.builder(endpoint.store)).build()) {
            for (var i = 0; i < 3; i++) {
                assertThrows(IllegalStateException.class, () -> handler.decide(get().within(id).by(ALICE)));
            }

            assertEquals(0, handler.stats().streams().open());
            assertEquals(0, handler.stats().underWay());
        }
    }

    @Test
    void decide_broadcasterAway_isUnavailableAndTakesNothing() throws IOException {
        var broadcaster = mock(Broadcaster.class);
        when(broadcaster.subscribe(any(), any())).thenThrow(new BroadcasterException("it is away"));
        var id = endpoint.used(ALICE);
        UnaryOperator<SessionHandler.Builder> settings = b -> b.broadcaster(broadcaster).limits(Limits.builder().maxStreams(1).build());
        try (var handler = settings.apply(SessionHandler.builder(endpoint.store)).build()) {
            for (var i = 1; i <= 3; i++) {
                var reply = assertInstanceOf(Decision.Reply.class, handler.decide(get().within(id).by(ALICE)));

                assertEquals(503, reply.status());
                assertEquals("5", reply.headers().get("Retry-After"));
                assertEquals(i, handler.stats().broadcasterFailures());
            }
            assertEquals(0, handler.stats().storeFailures());
            assertEquals(0, handler.stats().streams().open());
            assertEquals(0, handler.stats().underWay());
        }
    }

    @Test
    void decide_endSessionFails_deletesAllTheSame() throws IOException {
        var broadcaster = mock(Broadcaster.class);
        doThrow(new BroadcasterException("it is away")).when(broadcaster).endSessions(any());
        var id = endpoint.used(ALICE);
        try (var handler = SessionHandler.builder(endpoint.store).broadcaster(broadcaster).build()) {
            var reply = assertInstanceOf(Decision.Reply.class, handler.decide(delete().within(id).by(ALICE)));

            assertEquals(204, reply.status());
            assertTrue(endpoint.store.find(id).isEmpty());
            assertEquals(1, handler.stats().broadcasterFailures());
        }
    }

    @Test
    void deleteAll_endCannotBePublished_deletesAndSaysSo() {
        var failure = new BroadcasterException("it is away");
        var broadcaster = mock(Broadcaster.class);
        doThrow(failure).when(broadcaster).endOwner(any());
        var id = endpoint.used(ALICE);
        try (var handler = SessionHandler.builder(endpoint.store).broadcaster(broadcaster).build()) {
            assertSame(failure, assertThrows(BroadcasterException.class, () -> handler.deleteAll(Owner.principal(ALICE))));

            assertTrue(endpoint.store.find(id).isEmpty());
        }
    }

    @Test
    void decide_bodyCannotBeRead_throwsAndTakesNothing() {
        assertThrows(IOException.class, () -> endpoint.handler.decide(post()));

        endpoint.assertNothingUnderWay();
        assertEquals(0, endpoint.store.heldCount());
    }

    private void assertUnavailable(TestRequest request, long failures) {
        var reply = endpoint.reply(request);
        assertEquals(503, reply.status(), request::toString);
        assertEquals("5", reply.headers().get("Retry-After"));
        assertEquals(-32603, Endpoint.code(reply));
        assertEquals(failures, endpoint.handler.stats().storeFailures());
        endpoint.assertNothingUnderWay();
    }
}
