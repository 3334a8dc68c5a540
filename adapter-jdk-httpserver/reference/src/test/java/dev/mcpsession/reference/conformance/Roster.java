package dev.mcpsession.reference.conformance;

import static dev.mcpsession.reference.conformance.Outcome.ALL;
import static dev.mcpsession.reference.conformance.Outcome.CALLS;
import static dev.mcpsession.reference.conformance.Outcome.LEAVES;
import static dev.mcpsession.reference.conformance.Outcome.LISTENS_AGAIN;
import static dev.mcpsession.reference.conformance.Outcome.NOT_THERE;
import static dev.mcpsession.reference.conformance.Outcome.RESUMES;
import static dev.mcpsession.reference.conformance.Outcome.STAYS_AWAY;

import dev.mcpsession.reference.conformance.MatrixClient.Hears;
import dev.mcpsession.reference.conformance.MatrixClient.Program;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The clients of the matrix, and the expected outcome of each.
final class Roster {

    static final String NOVEMBER = "2025-11-25";
    static final String STATELESS = "2026-07-28";

    private static final String JUNE = "2025-06-18";

    private static final String NO_REOPENING =
            "Does not reopen a stream that broke: no GET arrives within 12 s of the cut, while calls succeed";
    private static final String ONE_ATTEMPT = """
            Reopens a stream that broke at once and only once: if that attempt meets a connection that is broken as well, no other \
            GET arrives""";
    private static final String NO_DELETE = "Sends no DELETE: the session is still there 10 s after the client was closed";
    private static final String NO_LISTEN = "Has no `subscriptions/listen`: the server never sees a stream";
    private static final String NO_HANDLER = """
            Has no handler for notifications: each reaches the application as an uncaught error without its content, and so does the \
            event without data that 2025-11-25 has a stream begin with""";
    private static final String NO_FALLBACK = """
            As 2026-07-28 has it, takes an `UnsupportedProtocolVersionError` for the answer of a server without older revisions, \
            whatever the error lists, and says so: "The client does not automatically switch to legacy initialization after this \
            error". With \
            `protocolVersionDiscovery: false` it connects""";
    private static final String NO_SECOND_LISTEN =
            "Does not listen again when its listen broke: no stream is opened within 12 s of the cut, while calls succeed";

    private static final Outcome RESUMING = session(NOVEMBER).with(Column.AFTER_CUT, RESUMES + ALL);
    private static final Outcome LISTENING = Outcome.UNSEEN.with(Column.REVISION, STATELESS).with(Column.CALLS, CALLS)
            .with(Column.HEARS, ALL).with(Column.HEARS_LATER, ALL).with(Column.AFTER_CUT, LISTENS_AGAIN + ALL)
            .with(Column.ENDS, NOT_THERE);
    private static final Outcome CALLING = LISTENING.with(Column.HEARS, NOT_THERE).with(Column.HEARS_LATER, NOT_THERE)
            .with(Column.AFTER_CUT, NOT_THERE);

    /// The clients that receive nothing if event streams have the [OldBytes].
    static final List<MatrixClient> ONCE_DEAF = List.of(
            sdk("0.17.2", JUNE),
            sdk("1.0.0", NOVEMBER),
            sdk("1.1.0", NOVEMBER),
            sdk("2.0.0", NOVEMBER),
            source("Java SDK over Spring's WebClient", "0.17.2", "spring-webflux-0.17.2", "SpringSdkClient",
                    RESUMING.with(Column.REVISION, JUNE), ONE_ATTEMPT),
            source("Spring AI `mcp-spring-webflux`", "2.0.0", "spring-ai-2.0.0", "SpringAiClient", RESUMING, ONE_ATTEMPT));

    /// The client that stops receiving after a while if an empty line follows each heartbeat.
    static final MatrixClient DEAF_LATER = ONCE_DEAF.get(3);

    private static final MatrixClient AI_SDK = aiSdk("auto", Hears.NOTHING, CALLING, NO_LISTEN);

    private static final List<MatrixClient> OTHERS = List.of(
            sdk("2.1.0", NOVEMBER),
            source("LangChain4j", "1.18.1", "langchain4j-1.18.1", "LangChain4jClient", RESUMING.with(Column.ENDS, LEAVES), NO_DELETE),
            script("TypeScript SDK", "1.32.2", "", Hears.STREAM, RESUMING, null, "client-v1.mjs"),
            typescript("legacy", Hears.STREAM, RESUMING),
            typescript("auto", Hears.LISTEN, LISTENING),
            typescript(STATELESS, Hears.LISTEN, LISTENING),
            script("`@ai-sdk/mcp`", "1.0.102", "", Hears.STREAM, RESUMING, NO_HANDLER, "ai-sdk.mjs", "@ai-sdk/mcp-1"),
            aiSdk("legacy", Hears.STREAM, RESUMING, NO_HANDLER),
            AI_SDK,
            bridge("legacy", RESUMING.with(Column.ENDS, LEAVES), NO_DELETE),
            bridge("auto", LISTENING.with(Column.AFTER_CUT, STAYS_AWAY), NO_SECOND_LISTEN));

    /// The clients that cannot connect to a server without 2026-07-28, and why.
    static final Map<MatrixClient, String> STUCK = Map.of(AI_SDK, NO_FALLBACK);

    /// The clients that detect the revisions of a server.
    static final List<MatrixClient> NEGOTIATING = OTHERS.stream().filter(client -> client.mode().equals("auto")).toList();

    private Roster() {}

    /// All clients, in the order of the table.
    static List<MatrixClient> all() {
        return Stream.concat(ONCE_DEAF.stream(), OTHERS.stream()).toList();
    }

    private static Outcome session(String revision) {
        return Outcome.UNSEEN.with(Column.REVISION, revision).with(Column.CALLS, CALLS).with(Column.HEARS, ALL)
                .with(Column.HEARS_LATER, ALL).with(Column.ENDS, Outcome.DELETES);
    }

    private static MatrixClient sdk(String version, String revision) {
        return source("Java SDK", version, "java-sdk-" + version, "SdkClient", session(revision).with(Column.AFTER_CUT, STAYS_AWAY),
                NO_REOPENING);
    }

    private static MatrixClient source(
            String name, String version, String module, String mainClass, Outcome expected, String proof) {
        return new MatrixClient(name, version, "", Hears.STREAM, new Program.Source(module, mainClass), expected, Optional.of(proof));
    }

    private static MatrixClient typescript(String mode, Hears hears, Outcome expected) {
        return script("TypeScript SDK", "2.4.0", mode, hears, expected, null, "client-v2.mjs");
    }

    private static MatrixClient aiSdk(String mode, Hears hears, Outcome expected, String proof) {
        return script("`@ai-sdk/mcp`", "2.0.99", mode, hears, expected, proof, "ai-sdk.mjs", "@ai-sdk/mcp");
    }

    private static MatrixClient bridge(String mode, Outcome expected, String proof) {
        return script("`mcp-remote`, a bridge for stdio clients", "0.15.1", mode, Hears.STREAM, expected, proof, "mcp-remote.mjs");
    }

    private static MatrixClient script(
            String name, String version, String mode, Hears hears, Outcome expected, String proof, String... arguments) {
        return new MatrixClient(name, version, mode, hears, new Program.Script(List.of(arguments)), expected,
                Optional.ofNullable(proof));
    }
}
