package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.util.Objects;

/// What a client told about itself in `initialize`.
///
/// The capabilities are kept as text: strangers write them, and the tree of a hostile one is forty times as large.
///
/// @param protocolVersion  the revision it asked for, as it wrote it; the application's handler may have agreed on another
/// @param name             `clientInfo.name`, or empty if it gave none
/// @param capabilitiesJson `capabilities` as JSON, or `{}` if it gave none
public record Client(String protocolVersion, String name, String capabilitiesJson) {

    /// Checks that nothing is null.
    public Client {
        Objects.requireNonNull(protocolVersion, "protocolVersion");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(capabilitiesJson, "capabilitiesJson");
    }

    /// Keeps what a client told.
    ///
    /// @param protocolVersion the revision it asked for
    /// @param name            its name
    /// @param capabilities    its capabilities
    public Client(String protocolVersion, String name, Json.Obj capabilities) {
        this(protocolVersion, name, capabilities.toString());
    }

    /// The capabilities, read anew at each call.
    ///
    /// @return empty if the client gave none
    /// @throws dev.mcpsession.json.JsonException if the text is not JSON
    /// @throws ClassCastException                if it is no object
    public Json.Obj capabilities() {
        return (Json.Obj) Json.parse(capabilitiesJson);
    }
}
