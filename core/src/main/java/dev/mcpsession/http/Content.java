package dev.mcpsession.http;

import dev.mcpsession.json.JsonException;
import java.io.IOException;
import java.util.Optional;

/// What was read of a request's body before it was decided on.
///
/// @param peek what it says
/// @param body all of it, or null if it was not read
record Content(JsonRpcPeek peek, byte[] body) {

    static final Content UNREAD = new Content(JsonRpcPeek.NOTHING, null);

    /// Reads the whole body.
    ///
    /// @return the content, or empty if it is larger
    /// @throws IOException   if the client went away
    /// @throws JsonException if it is not JSON
    static Optional<Content> read(Request request, int maxBytes, Limits limits) throws IOException {
        return request.readBody(maxBytes).map(body -> new Content(JsonRpcPeek.of(body, limits), body));
    }

    boolean isRead() {
        return body != null;
    }
}
