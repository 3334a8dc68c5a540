package dev.mcpsession.http;

import dev.mcpsession.ForAdapters;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A request as an adapter presents it. Used by one thread.
@ForAdapters
public interface Request {

    /// {@return the method as the client wrote it, such as `POST`}
    String method();

    /// {@return the path without the query, neither decoded nor normalized, such as `/mcp`}
    String path();

    /// {@return the authority of an absolute-form target, such as `localhost:8080`, which replaces `Host`; empty for a target that is
    /// only a path}
    ///
    /// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2.2">RFC 9112, 3.2.2</a>
    default Optional<String> authority() {
        return Optional.empty();
    }

    /// {@return the values of a header, one for each line, in order; empty if the header is absent}
    ///
    /// @param name the header's name, in any case
    List<String> headers(String name);

    /// {@return the name of the principal that the server has authenticated, if any}
    Optional<String> principal();

    /// Reads the whole body, once.
    ///
    /// @param maxBytes the maximum size of the body
    /// @return the body; empty if it is larger
    /// @throws IOException if the client went away
    Optional<byte[]> readBody(int maxBytes) throws IOException;

    /// {@return the value of a header that has one line, or several equal ones; empty if the header is absent, or if its lines differ}
    /// Code that grants something for an absent header, such as an [OwnerResolver] that returns anonymous, must check [#headers].
    ///
    /// @param name the header's name, in any case
    default Optional<String> header(String name) {
        var values = headers(name);
        return values.isEmpty() || values.stream().anyMatch(value -> !value.equals(values.getFirst())) ? Optional.empty()
                : Optional.of(values.getFirst());
    }

    /// {@return whether `Accept` names `text/event-stream`, as a client must that takes an event stream for the answer to a POST} A range
    /// such as `*/*` does not count: clients of JSON send it, too.
    default boolean takesEventStream() {
        return MediaTypes.names(headers("Accept"), "text/event-stream");
    }

    /// {@return whether the content type is `application/json`, with or without parameters}
    default boolean hasJson() {
        return HeaderValue.of(headers("Content-Type")).one().filter(type -> MediaTypes.is(type, "application/json")).isPresent();
    }
}
