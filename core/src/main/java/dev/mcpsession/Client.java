package dev.mcpsession;

import dev.mcpsession.json.Json;
import java.util.Objects;

/// A client's description of itself in `initialize`. Immutable.
///
/// @param protocolVersion  the revision that it requested, verbatim; the application may have agreed on another one
/// @param name             `clientInfo.name`; empty if it sent none
/// @param capabilitiesJson `capabilities` as JSON; `{}` if it sent none
public record Client(String protocolVersion, String name, String capabilitiesJson) {

    // Capabilities are kept as text, because clients choose them: a hostile text takes forty times its size as a tree.

    /// Checks that nothing is null.
    public Client {
        Objects.requireNonNull(protocolVersion, "protocolVersion");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(capabilitiesJson, "capabilitiesJson");
    }

    /// Creates a client with parsed capabilities.
    ///
    /// @param protocolVersion the revision that it requested
    /// @param name            its name
    /// @param capabilities    its capabilities
    public Client(String protocolVersion, String name, Json.Obj capabilities) {
        this(protocolVersion, name, capabilities.toString());
    }

    /// {@return the capabilities, parsed again by each call}
    ///
    /// @throws dev.mcpsession.json.JsonException if the text is not JSON
    /// @throws ClassCastException if it is not an object
    public Json.Obj capabilities() {
        return (Json.Obj) Json.parse(capabilitiesJson);
    }
}
