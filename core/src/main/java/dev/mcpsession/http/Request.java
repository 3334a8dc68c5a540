package dev.mcpsession.http;

import dev.mcpsession.ForAdapters;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A request as an adapter hands it over: its head, and its body if somebody asks for it.
///
/// Used by one thread.
@ForAdapters
public interface Request {

    /// The method, as the client wrote it.
    ///
    /// @return such as `POST`
    String method();

    /// The path, neither decoded nor normalized, without the query.
    ///
    /// @return such as `/mcp`
    String path();

    /// The authority of an absolute-form target, such as `GET http://localhost:8080/mcp HTTP/1.1`: it counts instead of `Host`.
    ///
    /// @return such as `localhost:8080`; empty if the target is only a path, as it nearly always is
    /// @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2.2">RFC 9112, 3.2.2</a>
    default Optional<String> authority() {
        return Optional.empty();
    }

    /// All lines of a header.
    ///
    /// @param name the header's name, in whatever case
    /// @return the values in order, one of each line; empty if the header is absent
    List<String> headers(String name);

    /// Whom the server has authenticated.
    ///
    /// @return the principal's name, or empty if the server did not ask
    Optional<String> principal();

    /// Reads the whole body, once.
    ///
    /// @param maxBytes how large it may be
    /// @return the body, or empty if it is larger
    /// @throws IOException if the client went away
    Optional<byte[]> readBody(int maxBytes) throws IOException;

    /// The value of a header that stands in one line, or in several equal ones.
    ///
    /// Lines that differ look like no header at all: code that grants something for an absent header, such as an
    /// [OwnerResolver] that answers anonymous, has to look at [#headers] to tell the two apart.
    ///
    /// @param name the header's name, in whatever case
    /// @return the value; empty if the header is absent, or if its lines differ
    default Optional<String> header(String name) {
        var values = headers(name);
        return values.isEmpty() || values.stream().anyMatch(value -> !value.equals(values.getFirst())) ? Optional.empty()
                : Optional.of(values.getFirst());
    }

    /// Whether the request says that its body is JSON; a parameter, such as a character set, does not matter.
    ///
    /// @return true for the one content type `application/json`
    default boolean hasJson() {
        return HeaderValue.of(headers("Content-Type")).one().filter(type -> MediaType.is(type, "application/json")).isPresent();
    }
}
