package dev.mcpsession.reference.conformance;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The scenarios that are expected to fail. If one passes, the run fails.
final class Excuses {

    private static final String ASKS = """
            A call of this tool has to send the client a request, and to wait for the response, which comes in another POST. \
            The call is the application's, which here keeps nothing from one request to the next, and a session layer does no \
            more than pass both on.""";
    private static final Excuse SAMPLING = new Excuse("Server did not request sampling from client", ASKS);
    private static final Excuse ELICITATION = new Excuse("Server did not request elicitation from client", ASKS);

    private static final Map<String, Map<String, Excuse>> BY_REVISION = Map.of(
            "2025-11-25", Map.of(
                    "tools-call-sampling", SAMPLING,
                    "tools-call-elicitation", ELICITATION,
                    "elicitation-sep1034-defaults", ELICITATION,
                    "elicitation-sep1330-enums", ELICITATION),
            "2026-07-28", Map.of());

    private Excuses() {}

    static Optional<Excuse> of(String revision, String scenario) {
        return Optional.ofNullable(BY_REVISION.get(revision).get(scenario));
    }

    /// The scenarios of a revision that have an excuse.
    static Set<String> of(String revision) {
        return BY_REVISION.get(revision).keySet();
    }
}
