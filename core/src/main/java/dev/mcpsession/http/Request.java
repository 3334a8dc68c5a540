package dev.mcpsession.http;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A request as an adapter hands it over: its head, and its body if somebody asks for it.
///
/// Used by one thread.
public interface Request {

    /// The method, as the client wrote it.
    ///
    /// @return such as `POST`
    String method();

    /// The path, neither decoded nor normalized, without the query.
    ///
    /// @return such as `/mcp`
    String path();

    /// All values of a header.
    ///
    /// @param name the header's name, in whatever case
    /// @return the values in order; empty if the header is absent
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

    /// The only value of a header.
    ///
    /// @param name the header's name, in whatever case
    /// @return the value; empty if the header is absent or stands there several times
    default Optional<String> header(String name) {
        var values = headers(name);
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    /// Whether the request says that its body is JSON; a parameter, such as a character set, does not matter.
    ///
    /// @return true for the one content type `application/json`
    default boolean hasJson() {
        return header("Content-Type").filter(type -> MediaType.is(type, "application/json")).isPresent();
    }
}
