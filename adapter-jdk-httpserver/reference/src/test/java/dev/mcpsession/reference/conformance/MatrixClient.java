package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A widely used client, in one of its modes of negotiation.
///
/// @param name     its name
/// @param version  its version
/// @param mode     its negotiation: `legacy`, `auto`, a pinned revision, or empty if it has no choice
/// @param hears    how it receives events
/// @param program  the program to start
/// @param expected the expected outcome
/// @param proof    if its own fault limits the outcome: what it does, and how that was observed
record MatrixClient(
        String name, String version, String mode, Hears hears, Program program, Outcome expected, Optional<String> proof) {

    /// How a client receives events.
    enum Hears {

        /// On its session's stream.
        STREAM,
        /// On a listen that its application opens.
        LISTEN,
        /// Not at all.
        NOTHING
    }

    /// How a client is started.
    sealed interface Program {

        /// A program for Node.
        ///
        /// @param arguments the script and its arguments
        record Script(List<String> arguments) implements Program {}

        /// A Java program among the [JavaSources].
        ///
        /// @param module    the module with its class path
        /// @param mainClass the class to run
        record Source(String module, String mainClass) implements Program {}
    }

    @Override
    public String toString() {
        return name + ' ' + version + (mode.isEmpty() ? "" : ", " + mode);
    }

    /// Starts it. The result must be closed.
    ScriptedClient start(Node node) throws IOException {
        return new ScriptedClient(toString(), switch (program) {
            case Program.Script(var arguments) -> node.start(arguments.toArray(String[]::new));
            case Program.Source source -> Node.start(node.home(), new JavaSources(node.home()).command(source));
        });
    }
}
