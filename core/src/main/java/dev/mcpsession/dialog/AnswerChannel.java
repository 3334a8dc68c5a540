package dev.mcpsession.dialog;

import dev.mcpsession.ForAdapters;
import java.io.IOException;
import java.io.OutputStream;

/// The HTTP side of one answer, as an adapter supplies it to [ClientRequests#answer]. Used by one thread at a time. The adapter must end
/// a write that blocks for too long, so that it throws an [IOException].
@ForAdapters
public interface AnswerChannel {

    /// {@return whether the request's `Accept` names `text/event-stream`}
    boolean takesEventStream();

    /// Begins an event stream: sends status 200 and the headers of an event stream.
    ///
    /// @return the body; closing it completes the answer
    /// @throws IOException if the client went away
    OutputStream stream() throws IOException;

    /// Sends a complete answer as `application/json`.
    ///
    /// @param status the HTTP status
    /// @param json   the body
    /// @throws IOException if the client went away
    void reply(int status, byte[] json) throws IOException;
}
