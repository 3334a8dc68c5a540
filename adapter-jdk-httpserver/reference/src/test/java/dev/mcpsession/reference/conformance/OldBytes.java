package dev.mcpsession.reference.conformance;

/// Rewrites lines of event streams into others that are valid too, but that some clients cannot read.
final class OldBytes {

    private OldBytes() {}

    /// Removes event names, adds a `retry:` to the first event, and adds an empty line after each heartbeat.
    static String all(String line) {
        return switch (line) {
            case "event: message" -> "";
            case "data:" -> "retry: 1000\ndata:\n";
            default -> heartbeat(line);
        };
    }

    /// Adds an empty line after each heartbeat, which careless parsers take for an empty event.
    static String heartbeat(String line) {
        return line.equals(": keep-alive") ? line + "\n\n" : line + "\n";
    }
}
