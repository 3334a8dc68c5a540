package dev.mcpsession.dialog;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The requests to clients that wait in this process. Limits their number. Thread-safe; no method waits.
///
/// An id is `ask-`, 48 random bits that name this process, and 128 random bits that nobody can guess. A response with a name of
/// another form, or with this process's name but no open request, is dropped without troubling the other replicas.
final class OpenAsks {

    private static final String PREFIX = "ask-";
    private static final int PROCESS_BYTES = 6;
    private static final int RANDOM_BYTES = 16;
    private static final int LENGTH = PREFIX.length() + 8 + 1 + 22;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String mine = PREFIX + random(PROCESS_BYTES) + ".";
    private final int max;
    private final int maxPerSession;
    private final Map<String, Ask> byId = new ConcurrentHashMap<>();
    private final Map<SessionId, Set<Ask>> bySession = new ConcurrentHashMap<>();
    private final AtomicInteger places = new AtomicInteger();
    private volatile Outcome end; // of every request from now on; null while the client can be asked

    OpenAsks(int max, int maxPerSession) {
        this.max = max;
        this.maxPerSession = maxPerSession;
    }

    private static String random(int length) {
        var bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Opens a request, which [#close] must close.
    ///
    /// @throws TooManyRequestsException if a limit is reached
    Ask open(Session session) {
        if (places.getAndUpdate(taken -> taken < max ? taken + 1 : taken) >= max) {
            throw new TooManyRequestsException("process must have at most " + max + " open requests to clients");
        }
        var ask = new Ask(mine + random(RANDOM_BYTES), session);
        try {
            bySession.compute(session.id(), (_, asks) -> with(ask, asks));
        } catch (RuntimeException | Error e) {
            places.decrementAndGet();
            throw e;
        }
        byId.put(ask.id(), ask);
        if (end != null) ask.end(end); // endAll() may not have seen it
        return ask;
    }

    private Set<Ask> with(Ask ask, Set<Ask> asks) {
        var all = asks == null ? ConcurrentHashMap.<Ask>newKeySet(1) : asks;
        if (all.size() >= maxPerSession) {
            throw new TooManyRequestsException("session must have at most " + maxPerSession + " open requests to its client");
        }
        all.add(ask);
        return all;
    }

    void close(Ask ask) {
        if (byId.remove(ask.id()) == null) return;
        bySession.computeIfPresent(ask.session(), (_, asks) -> {
            asks.remove(ask);
            return asks.isEmpty() ? null : asks;
        });
        places.decrementAndGet();
    }

    /// Ends a request, if it waits here for this session.
    void answer(SessionId session, String id, Outcome outcome) {
        var ask = byId.get(id);
        if (ask != null && ask.session().equals(session)) ask.end(outcome);
    }

    /// Whether a request with this id may wait in another process.
    boolean isElsewhere(String id) {
        return id.length() == LENGTH && id.startsWith(PREFIX) && !id.startsWith(mine);
    }

    void endSessions(Collection<SessionId> sessions) {
        for (var session : sessions) {
            for (var ask : bySession.getOrDefault(session, Set.of())) ask.end(new Outcome.SessionEnded());
        }
    }

    void endOwner(Owner owner) {
        for (var ask : byId.values()) if (ask.owner().equals(owner)) ask.end(new Outcome.SessionEnded());
    }

    /// Ends all requests, and those that are opened from now on.
    void endAll(Outcome outcome) {
        end = outcome;
        for (var ask : byId.values()) ask.end(outcome);
    }

    int count() {
        return places.get();
    }
}
