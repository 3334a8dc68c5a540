package dev.mcpsession.reference;

import dev.mcpsession.http.Decision;
import dev.mcpsession.http.Request;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;

/// Ends all event streams in order: sessions' with a hint when to come back, listens' with their result. The server goes on, and
/// takes them when they come back, unless whoever routes to it has stopped by then.
///
/// @param sessions whose streams they are
record DrainEndpoint(SessionHandler sessions) implements GuardedEndpoint.Endpoint {

    @Override
    public Decision.Reply answer(Request request) {
        return Replies.json(202, Json.obj().with("draining", sessions.drainStreams()));
    }
}
