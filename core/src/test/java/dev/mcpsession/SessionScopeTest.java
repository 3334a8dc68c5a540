package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class SessionScopeTest {

    private final Session session = session();
    private final Session other = session();

    @Test
    void current_outside_isEmpty() {
        assertEquals(Optional.empty(), SessionScope.current());
    }

    @Test
    void call_binds_untilItReturns() {
        var seen = SessionScope.call(session, SessionScope::current);

        assertEquals(Optional.of(session), seen);
        assertEquals(Optional.empty(), SessionScope.current());
    }

    @Test
    void call_throws_withItsOwnType() {
        var thrown = assertThrows(IOException.class, () -> SessionScope.call(session, () -> { throw new IOException("no"); }));

        assertEquals("no", thrown.getMessage());
        assertEquals(Optional.empty(), SessionScope.current());
    }

    @Test
    void call_returnsNull_isAllowed() {
        assertEquals(null, SessionScope.<String, RuntimeException>call(session, () -> null));
    }

    @Test
    void run_withinAnother_hidesIt() {
        SessionScope.run(session, () -> {
            SessionScope.run(other, () -> assertEquals(Optional.of(other), SessionScope.current()));

            assertEquals(Optional.of(session), SessionScope.current());
        });
    }

    @Test
    void call_threadsStartedWithin_doNotInheritIt() throws Exception {
        var seen = SessionScope.call(session, () -> {
            var inThread = new CompletableFuture<Optional<Session>>();
            Thread.ofVirtual().start(() -> inThread.complete(SessionScope.current())).join();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                var inTask = executor.submit(SessionScope::current).get();
                return inThread.join().or(() -> inTask);
            }
        });

        assertEquals(Optional.empty(), seen);
    }

    @Test
    void call_null_isMisuse() {
        assertThrows(NullPointerException.class, () -> SessionScope.run(null, () -> {}));
    }

    private static Session session() {
        var now = Instant.parse("2026-01-01T00:00:00Z");
        return new Session(SessionId.random(), Owner.anonymous(), new Client("2025-11-25", "", Json.obj()), now, now,
                now.plusSeconds(60), true, Json.obj(), 0);
    }
}
