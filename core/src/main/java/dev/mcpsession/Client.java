package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.util.Objects;

/// What a client told about itself in `initialize`.
///
/// @param protocolVersion the revision it asked for, as it wrote it; the application's handler may have agreed on another
/// @param name            `clientInfo.name`, or empty if it gave none
/// @param capabilities    `capabilities`, or an empty object if it gave none
public record Client(String protocolVersion, String name, Json.Obj capabilities) {

    /// Checks that nothing is null.
    public Client {
        Objects.requireNonNull(protocolVersion, "protocolVersion");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(capabilities, "capabilities");
    }
}
