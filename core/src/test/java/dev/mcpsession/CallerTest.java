package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallerTest {

    private static final Owner ANN = Owner.principal("ann");
    private static final Owner BOB = Owner.principal("bob");

    private final Optional<Session> session = Optional.of(session());

    @AfterEach
    void current_outside_isAnonymousWithoutSession() {
        assertEquals(Owner.anonymous(), Caller.current().owner());
        assertEquals(Optional.empty(), Caller.current().session());
    }

    @Test
    void call_binds_untilItReturns() {
        var seen = Caller.call(ANN, session, Caller::current);

        assertEquals(ANN, seen.owner());
        assertEquals(session, seen.session());
    }

    @Test
    void call_throws_withItsOwnType() {
        var thrown = assertThrows(IOException.class, () -> Caller.call(ANN, session, () -> { throw new IOException("no"); }));

        assertEquals("no", thrown.getMessage());
    }

    @Test
    void call_returnsNull_isAllowed() {
        assertNull(Caller.<String, RuntimeException>call(ANN, session, () -> null));
    }

    @Test
    void call_withinAnother_hidesIt() {
        var seen = Caller.call(ANN, session,
                () -> List.of(Caller.current(), Caller.call(BOB, Optional.empty(), Caller::current), Caller.current()));

        assertEquals(List.of(ANN, BOB, ANN), seen.stream().map(Caller::owner).toList());
        assertEquals(List.of(session, Optional.empty(), session), seen.stream().map(Caller::session).toList());
    }

    @Test
    void call_threadsStartedWithin_doNotInheritIt() throws Exception {
        var seen = Caller.call(ANN, session, () -> {
            var inThread = new CompletableFuture<Caller>();
            Thread.ofVirtual().start(() -> inThread.complete(Caller.current())).join();
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                return List.of(inThread.join().owner(), executor.submit(Caller::current).get().owner());
            }
        });

        assertEquals(List.of(Owner.anonymous(), Owner.anonymous()), seen);
    }

    @Test
    void call_null_isMisuse() {
        assertThrows(NullPointerException.class, () -> Caller.call(null, session, () -> ""));
        assertThrows(NullPointerException.class, () -> Caller.call(ANN, null, () -> ""));
    }

    private static Session session() {
        var now = Instant.parse("2026-01-01T00:00:00Z");
        return new Session(SessionId.random(), Owner.anonymous(), new Client("2025-11-25", "", Json.obj()), now, now,
                now.plusSeconds(60), true, Json.obj(), 0);
    }
}
