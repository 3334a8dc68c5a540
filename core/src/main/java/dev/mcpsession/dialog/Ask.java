package dev.mcpsession.dialog;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One request to a client that waits for its outcome. The first outcome counts. Thread-safe.
final class Ask {

    private final String id;
    private final Session session;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Ask(String id, Session session) {
        this.id = id;
        this.session = session;
    }

    String id() {
        return id;
    }

    SessionId session() {
        return session.id();
    }

    Owner owner() {
        return session.owner();
    }

    void end(Outcome end) {
        outcome.complete(end);
    }

    boolean isEnded() {
        return outcome.isDone();
    }

    /// Waits for the outcome.
    Outcome await(Duration timeout) throws InterruptedException {
        try {
            return outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            outcome.complete(new Outcome.TimedOut());
            return outcome.join(); // an answer may have come at the last moment
        } catch (ExecutionException e) {
            throw new AssertionError("an ask never fails", e);
        }
    }
}
