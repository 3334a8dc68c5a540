package dev.mcpsession.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import dev.mcpsession.json.Json;
import java.util.Base64;
import java.util.Optional;

/// The headers that mirror a tool's arguments in 2026-07-28. The application checks them, because only it has the tool's schema.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#custom-headers-from-tool-parameters">MCP
///      2026-07-28, Custom Headers from Tool Parameters</a>
final class ParamHeaders {

    private static final String PREFIX = "=?base64?";
    private static final String SUFFIX = "?=";

    private ParamHeaders() {}

    /// Checks that the headers match the arguments, for the string properties that are mirrored.
    ///
    /// @throws RpcException if they do not
    static void check(Json.Obj schema, Json.Obj arguments, Headers headers) {
        schema.object("properties").orElse(Json.obj()).members().forEach((name, property) -> {
            if (!(property instanceof Json.Obj definition)) return;
            definition.string("x-mcp-header").ifPresent(suffix -> check("Mcp-Param-" + suffix, arguments.string(name), headers));
        });
    }

    private static void check(String header, Optional<String> argument, Headers headers) {
        var value = Optional.ofNullable(headers.getFirst(header));
        if (value.isEmpty() && argument.isEmpty()) return;
        if (value.flatMap(ParamHeaders::decoded).equals(argument) && argument.isPresent()) return;
        throw new RpcException(RpcException.HEADER_MISMATCH, "Header mismatch: " + header + " header must say what the body says");
    }

    /// Requires padding, which the JDK's decoder does not.
    private static Optional<String> decoded(String value) {
        if (!value.startsWith(PREFIX) || !value.endsWith(SUFFIX)) return Optional.of(value);
        var base64 = value.substring(PREFIX.length(), value.length() - SUFFIX.length());
        if (base64.length() % 4 != 0) return Optional.empty();
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), UTF_8));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
