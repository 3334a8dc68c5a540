package dev.mcpsession.http;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.json.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What an adapter has to do with a request.
@ForAdapters
public sealed interface Decision {

    /// Answer it; nothing more happens. If the body was not read, what there is of it must be drained, within bounds, or the
    /// client may see a reset instead of the answer.
    ///
    /// @param status  the HTTP status
    /// @param headers further headers
    /// @param body    the body; may be empty; not to be changed
    record Reply(int status, Map<String, String> headers, byte[] body) implements Decision {

        /// Copies the headers.
        public Reply {
            headers = Map.copyOf(headers);
        }
    }

    /// Call the application, with the caller and the session, if there is one, bound by
    /// [dev.mcpsession.Caller#call], and tell the handler how it ended, once and whatever happened: [SessionHandler#completed].
    final class Forward implements Decision {

        private final Owner caller;
        private final Session session;
        private final boolean minted;
        private final SessionKeeper.Hold hold;
        private final Map<String, String> headers;
        private final Content content;
        private final AtomicBoolean completed = new AtomicBoolean();

        Forward(Owner caller, Session session, boolean minted, SessionKeeper.Hold hold, Map<String, String> headers, Content content) {
            this.caller = caller;
            this.session = session;
            this.minted = minted;
            this.hold = hold;
            this.headers = Map.copyOf(headers);
            this.content = content;
        }

        /// Who sent the request.
        ///
        /// @return anonymous if nobody in particular did
        public Owner caller() {
            return caller;
        }

        /// The request's session.
        ///
        /// @return the session, or empty if the request has none
        public Optional<Session> session() {
            return Optional.ofNullable(session);
        }

        /// Headers to set on the answer before the application is called.
        ///
        /// @return such as `Mcp-Session-Id` for a session that was just minted
        public Map<String, String> headers() {
            return headers;
        }

        /// The body, if the decision needed it: the application is to read this instead.
        ///
        /// @return the whole body; not to be changed; empty if it was not read
        public Optional<byte[]> body() {
            return Optional.ofNullable(content.body());
        }

        /// The id of the JSON-RPC request, for an error that the application did not give itself.
        ///
        /// @return a string or a number; empty if the body was not read, or is no request
        public Optional<Json> requestId() {
            return content.peek().id();
        }

        boolean minted() {
            return minted;
        }

        Forward with(Map<String, String> more) {
            if (headers.isEmpty()) return new Forward(caller, session, minted, hold, more, content);
            var all = new HashMap<>(headers);
            all.putAll(more);
            return new Forward(caller, session, minted, hold, all, content);
        }

        /// Gives the hold back; false if that was done before.
        boolean complete() {
            if (!completed.compareAndSet(false, true)) return false;
            if (hold != null) hold.close();
            return true;
        }
    }

    /// Answer 200 with these headers, then let the stream write until it ends: [EventStream#writeTo].
    ///
    /// @param headers the headers
    /// @param stream  the event stream; it must be written or closed, or its place stays taken
    record Stream(Map<String, String> headers, EventStream stream) implements Decision {

        /// Copies the headers.
        public Stream {
            headers = Map.copyOf(headers);
        }
    }
}
