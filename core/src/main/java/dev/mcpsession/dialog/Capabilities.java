package dev.mcpsession.dialog;

import dev.mcpsession.json.Json;
import java.util.Optional;

/// Which requests a client can answer, by the capabilities that it declared.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#capabilities">MCP 2025-11-25,
///      Elicitation</a>
final class Capabilities {

    private Capabilities() {}

    /// {@return the capability that a request needs and the client lacks, such as `elicitation.url`}
    static Optional<String> missing(Json.Obj declared, String method, Json.Obj params) {
        return switch (method) {
            case "roots/list" -> missing(declared, "roots");
            case "sampling/createMessage" -> missing(declared, "sampling")
                    .or(() -> usesTools(params) ? missing(declared, "sampling", "tools") : Optional.empty());
            case "elicitation/create" -> missing(declared, "elicitation").or(() -> missingMode(declared, params));
            default -> Optional.empty(); // ping, and requests of extensions
        };
    }

    private static boolean usesTools(Json.Obj params) {
        return params.get("tools").isPresent() || params.get("toolChoice").isPresent();
    }

    /// Before there were modes, a client declared an empty object, which means forms.
    private static Optional<String> missingMode(Json.Obj declared, Json.Obj params) {
        var mode = params.string("mode").orElse("form");
        var isOlder = declared.object("elicitation").filter(modes -> modes.get("form").isEmpty() && modes.get("url").isEmpty()).isPresent();
        return mode.equals("form") && isOlder ? Optional.empty() : missing(declared, "elicitation", mode);
    }

    private static Optional<String> missing(Json.Obj declared, String name) {
        return declared.object(name).isPresent() ? Optional.empty() : Optional.of(name);
    }

    private static Optional<String> missing(Json.Obj declared, String name, String part) {
        var has = declared.object(name).flatMap(parts -> parts.object(part)).isPresent();
        return has ? Optional.empty() : Optional.of(name + "." + part);
    }
}
