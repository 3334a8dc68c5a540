package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.server.PgDatabase;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Exercises every statement, since the build runs this in another locale, too.
@Timeout(60)
class LocaleTest {

    @Test
    void backend_inThisLanguage_keepsSweepsPublishesAndReads() throws Exception {
        assertEquals(System.getProperty("user.language"), Locale.getDefault().getLanguage());
        try (var database = PgDatabase.create();
                var backend = Backend.open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow()) {
            var store = backend.store();
            var id = SessionId.random();
            store.create(id, SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT);
            assertEquals(Set.of(id), store.keepAlive(Set.of(id)));
            assertEquals(Json.obj().with("n", 12), store.updateState(id, state -> state.with("n", 12)).orElseThrow().state());

            database.execute("update mcp_session set expires_at = now() - interval '1 hour', due_at = now() - interval '1 hour'");
            assertEquals(Set.of(id), store.deleteExpired());
            assertTrue(store.revive(id, SessionStoreFixture.ALICE).isPresent());
            assertEquals(Set.of(id), store.deleteAll(SessionStoreFixture.ALICE));

            try (var subscription = backend.broadcaster().subscribe(EventFilter.all(), Start.now())) {
                backend.broadcaster().publish(Event.of("notifications/message", Json.obj().with("n", 12)));
                var heard = assertInstanceOf(Delivery.Next.class, subscription.next());
                assertEquals(Json.obj().with("n", 12), heard.event().params());
            }
        }
    }
}
