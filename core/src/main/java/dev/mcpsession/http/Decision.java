package dev.mcpsession.http;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.json.Json;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/// What an adapter must do with a request.
@ForAdapters
public sealed interface Decision {

    /// Send this answer and nothing else. If the request's body was not read, drain it within bounds; otherwise the client may see a
    /// reset instead of the answer.
    ///
    /// @param status  the HTTP status
    /// @param headers further headers
    /// @param body    the body, possibly empty; must not be modified
    record Reply(int status, Map<String, String> headers, byte[] body) implements Decision {

        /// Copies the headers.
        public Reply {
            headers = Map.copyOf(headers);
        }
    }

    /// Call the application with the caller and the session, if there is one, bound by [dev.mcpsession.Caller#call]. Then call
    /// [#completed], even if the application threw.
    final class Forward implements Decision {

        private final Owner caller;
        private final Session session;
        private final Map<String, String> headers;
        private final byte[] body;
        private final Optional<Json> requestId;
        private final IntConsumer onCompletion;
        private final AtomicBoolean isCompleted = new AtomicBoolean();

        Forward(Owner caller, Session session, Map<String, String> headers, byte[] body, Optional<Json> requestId,
                IntConsumer onCompletion) {
            this.caller = caller;
            this.session = session;
            this.headers = Map.copyOf(headers);
            this.body = body;
            this.requestId = requestId;
            this.onCompletion = onCompletion;
        }

        /// {@return the sender of the request, possibly anonymous}
        public Owner caller() {
            return caller;
        }

        /// {@return the request's session, if it has one}
        public Optional<Session> session() {
            return Optional.ofNullable(session);
        }

        /// {@return headers to set on the answer before the application is called, such as the `Mcp-Session-Id` of a new session}
        public Map<String, String> headers() {
            return headers;
        }

        /// {@return the whole body if the decision read it, for the application to read instead; must not be modified}
        public Optional<byte[]> body() {
            return Optional.ofNullable(body);
        }

        /// {@return the JSON-RPC id, for an error that the adapter sends for the application; empty if the body was not read, or is not
        /// a request}
        public Optional<Json> requestId() {
            return requestId;
        }

        /// Reports that the application has returned or thrown. If the request created a session and failed, the session is deleted.
        /// Further calls do nothing.
        ///
        /// @param status the HTTP status of the application's answer; 500 if there was none
        public void completed(int status) {
            if (isCompleted.compareAndSet(false, true)) onCompletion.accept(status);
        }

        Forward withHeaders(Map<String, String> values) {
            return new Forward(caller, session, values, body, requestId, onCompletion);
        }
    }

    /// Answer 200 with these headers, then call [EventStream#writeTo], which returns when the stream has ended.
    ///
    /// @param headers the headers
    /// @param stream  the event stream; must be written or closed, otherwise its place stays taken
    record Stream(Map<String, String> headers, EventStream stream) implements Decision {

        /// Copies the headers.
        public Stream {
            headers = Map.copyOf(headers);
        }
    }
}
