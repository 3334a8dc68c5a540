package dev.mcpsession.dialog;

import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The answers that are open in this process. Thread-safe; no method waits for a client.
final class OpenAnswers {

    private final Set<AnswerStream> all = ConcurrentHashMap.newKeySet();
    private final Map<Key, AnswerStream> byRequest = new ConcurrentHashMap<>();

    /// A request within a session. Requests of 2026-07-28 have no session, and are cancelled by closing their stream.
    private record Key(SessionId session, Json request) {

        static Key of(AnswerStream answer) {
            return answer.caller().session().map(Session::id).map(session -> new Key(session, answer.id())).orElse(null);
        }
    }

    void add(AnswerStream answer) {
        all.add(answer);
        var key = Key.of(answer);
        if (key != null) byRequest.put(key, answer);
    }

    void remove(AnswerStream answer) {
        if (!all.remove(answer)) return;
        var key = Key.of(answer);
        if (key != null) byRequest.remove(key, answer);
    }

    int count() {
        return all.size();
    }

    /// Cancels a call in a thread of its own, since it may have to wait for a write.
    ///
    /// @return whether the call is answered here
    boolean cancel(SessionId session, Json request) {
        var answer = byRequest.get(new Key(session, request));
        if (answer == null) return false;
        Thread.ofVirtual().name("mcp-cancel").start(answer::cancel);
        return true;
    }

    /// Sends heartbeats to the answers that have been silent. A short-lived thread writes each, since its client may be stuck.
    void beat(Duration heartbeat) {
        for (var answer : all) {
            if (answer.isSilentFor(heartbeat)) Thread.ofVirtual().name("mcp-answer-heartbeat").start(answer::beat);
        }
    }
}
