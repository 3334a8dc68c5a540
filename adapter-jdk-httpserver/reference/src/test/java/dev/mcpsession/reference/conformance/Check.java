package dev.mcpsession.reference.conformance;

import dev.mcpsession.json.Json;
import java.util.List;

/// One check of a scenario, as the suite has written it down.
///
/// @param id      names what was checked
/// @param status  what came out
/// @param message why, if it was not a success
record Check(String id, Status status, String message) {

    /// What may come out of a check.
    enum Status {

        SUCCESS, FAILURE, WARNING, SKIPPED, INFO;

        /// Whether the suite would have liked it otherwise. It exits with 0 after a warning, and after what it had to skip.
        boolean isShort() {
            return this == FAILURE || this == WARNING || this == SKIPPED;
        }
    }

    /// Reads the suite's file.
    ///
    /// @throws RuntimeException if it is anything else
    static List<Check> parse(byte[] json) {
        return ((Json.Arr) Json.parse(json)).items().stream().map(Json.Obj.class::cast).map(Check::of).toList();
    }

    private static Check of(Json.Obj check) {
        return new Check(check.string("id").orElseThrow(), Status.valueOf(check.string("status").orElseThrow()),
                check.string("errorMessage").or(() -> check.string("description")).orElse(""));
    }

    /// Whether the scenario itself has made it. Beside that, the suite checks every message of every scenario by the schema.
    boolean isOwn() {
        return !id.startsWith("wire-schema-");
    }

    @Override
    public String toString() {
        return status + " " + id + ": " + message;
    }
}
