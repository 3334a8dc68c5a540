package dev.mcpsession.httpserver.conformance;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The scenarios that need not pass, each with the proof that it cannot. One that passes all the same fails the run.
final class Excuses {

    private static final String ASKS = """
            a call of this tool has to send the client a request, and to wait for the response, which comes in another POST. \
            The call is the application's, which keeps nothing from one request to the next, and a session layer does no more \
            than pass both on""";

    private static final Map<String, Map<String, String>> BY_REVISION = Map.of(
            "2025-11-25", Map.of(
                    "tools-call-sampling", ASKS,
                    "tools-call-elicitation", ASKS,
                    "elicitation-sep1034-defaults", ASKS,
                    "elicitation-sep1330-enums", ASKS),
            "2026-07-28", Map.of());

    private Excuses() {}

    static Optional<String> of(String revision, String scenario) {
        return Optional.ofNullable(BY_REVISION.get(revision).get(scenario));
    }

    /// The scenarios of a revision that have an excuse.
    static Set<String> of(String revision) {
        return BY_REVISION.get(revision).keySet();
    }
}
