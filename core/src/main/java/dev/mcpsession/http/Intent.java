package dev.mcpsession.http;

import dev.mcpsession.Client;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.EventId;
import dev.mcpsession.json.Json;
import java.util.Optional;

/// What a request wants, as the rules read it. Whether it is granted depends on the caller and on the store.
sealed interface Intent {

    /// Nothing: the request is refused to every caller.
    record Refuse(Decision.Reply reply) implements Intent {}

    /// Nothing: the request is refused to a known caller; an unknown one is challenged first.
    record Deny(Decision.Reply reply) implements Intent {}

    /// A new session.
    record Create(Client client) implements Intent {}

    /// The application, within a session.
    record Use(SessionId session) implements Intent {}

    /// The application, without a session.
    record Pass() implements Intent {}

    /// The session's event stream, from now on or after an event, in the revision that the request names.
    record OpenStream(SessionId session, Optional<EventId> after, Optional<ProtocolVersion> version) implements Intent {}

    /// A stream of the requested events, without a session.
    record Listen(Json request, Json.Obj requested) implements Intent {}

    /// The session's end.
    record End(SessionId session) implements Intent {}
}
