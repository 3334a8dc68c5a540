package dev.mcpsession.reference.conformance;

import dev.mcpsession.json.Json;
import java.util.List;

/// One check of a scenario, as recorded by the suite.
///
/// @param id      the name of the check
/// @param status  the result
/// @param message why, if it was not a success
record Check(String id, Status status, String message) {

    /// The result of a check.
    enum Status {

        SUCCESS, FAILURE, WARNING, SKIPPED, INFO;

        /// Whether the check falls short of a success. The suite also exits with 0 after a warning or a skipped check.
        boolean isShort() {
            return this == FAILURE || this == WARNING || this == SKIPPED;
        }
    }

    /// Reads the suite's file.
    ///
    /// @throws RuntimeException if it is not such a file
    static List<Check> parse(byte[] json) {
        return ((Json.Arr) Json.parse(json)).items().stream().map(Json.Obj.class::cast).map(Check::of).toList();
    }

    private static Check of(Json.Obj check) {
        return new Check(check.string("id").orElseThrow(), Status.valueOf(check.string("status").orElseThrow()),
                check.string("errorMessage").or(() -> check.string("description")).orElse(""));
    }

    /// Whether the scenario itself contains the check. In addition, the suite checks every message of every scenario against the schema.
    boolean isOwn() {
        return !id.startsWith("wire-schema-");
    }

    @Override
    public String toString() {
        return status + " " + id + ": " + message;
    }
}
