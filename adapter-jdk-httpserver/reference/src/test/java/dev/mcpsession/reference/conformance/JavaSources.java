package dev.mcpsession.reference.conformance;

import dev.mcpsession.reference.conformance.MatrixClient.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/// The Java programs of the matrix. They share only their sources: each is compiled against the class path of its own module.
///
/// @param home the directory of the packages
record JavaSources(Path home) {

    private static final ToolProvider JAVAC = ToolProvider.findFirst("javac").orElseThrow();

    /// Compiles a program. Must be called before it is started.
    ///
    /// @throws IOException if it does not compile, or its class path has not been resolved
    void compile(Program.Source program) throws IOException {
        var said = new StringWriter();
        var out = new PrintWriter(said);
        var status = JAVAC.run(out, out, "-nowarn", "-proc:none", "-d", classes(program).toString(), "-cp", classPath(program),
                "-sourcepath", clients().toString(), clients().resolve(program.mainClass() + ".java").toString());
        if (status != 0) throw new IOException(program + " must compile: " + said);
    }

    /// The command that starts a program.
    List<String> command(Program.Source program) throws IOException {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-Xmx256m",
                "-cp", classes(program) + System.getProperty("path.separator") + classPath(program), program.mainClass());
    }

    private Path clients() {
        return home.resolve("clients");
    }

    private Path classes(Program.Source program) {
        return clients().resolve(program.module()).resolve("classes");
    }

    private String classPath(Program.Source program) throws IOException {
        return Files.readString(clients().resolve(program.module()).resolve("class-path")).strip();
    }
}
