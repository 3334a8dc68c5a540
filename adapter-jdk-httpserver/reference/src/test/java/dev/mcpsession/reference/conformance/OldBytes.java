package dev.mcpsession.reference.conformance;

/// Lines of event streams, rewritten into ones that are as legal and that some clients cannot read.
final class OldBytes {

    private OldBytes() {}

    /// No event has a name, the first one has a `retry:`, and an empty line follows each heartbeat.
    static String all(String line) {
        return switch (line) {
            case "event: message" -> "";
            case "data:" -> "retry: 1000\ndata:\n";
            default -> heartbeat(line);
        };
    }

    /// An empty line follows each heartbeat: an event of nothing to a parser that does not look twice.
    static String heartbeat(String line) {
        return line.equals(": keep-alive") ? line + "\n\n" : line + "\n";
    }
}
