package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A client that people run, in one of the ways in which it can negotiate.
///
/// @param name     what it is called
/// @param version  its version
/// @param mode     how it negotiates: `legacy`, `auto`, a revision that it is pinned to, or empty for one that cannot choose
/// @param hears    on what it hears
/// @param program  how it is started
/// @param expected what has to come of it
/// @param proof    where it falls short by a fault of its own: what it does, and how that was seen
record MatrixClient(
        String name, String version, String mode, Hears hears, Program program, Outcome expected, Optional<String> proof) {

    /// How a client hears.
    enum Hears {

        /// On its session's stream.
        STREAM,
        /// On a listen, which its application opens.
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
        /// @param module    whose class path it needs
        /// @param mainClass what to run
        record Source(String module, String mainClass) implements Program {}
    }

    @Override
    public String toString() {
        return name + ' ' + version + (mode.isEmpty() ? "" : ", " + mode);
    }

    /// Starts it. It has to be closed.
    ScriptedClient start(Node node) throws IOException {
        return new ScriptedClient(toString(), switch (program) {
            case Program.Script(var arguments) -> node.start(arguments.toArray(String[]::new));
            case Program.Source source -> Node.start(node.home(), new JavaSources(node.home()).command(source));
        });
    }
}
