package dev.mcpsession.benchmarks.suite;

import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// A run as raw JSON: its environment and every trial. Reports are created from this alone.
///
/// @param environment what is needed to repeat it, by name
/// @param results     what was measured
public record RunFile(SequencedMap<String, String> environment, Results results) {

    private static final String NAME = "results.json";

    /// Reads a run.
    ///
    /// @param directory the run's
    /// @return the run as it was written
    /// @throws UncheckedIOException if it cannot be read
    public static RunFile read(Path directory) {
        try {
            var file = (Json.Obj) Json.parse(Files.readAllBytes(directory.resolve(NAME)));
            var environment = new LinkedHashMap<String, String>();
            file.object("environment").orElseThrow().members()
                    .forEach((name, value) -> environment.put(name, ((Json.Str) value).value()));
            var results = new Results();
            ((Json.Arr) file.get("trials").orElseThrow()).items().stream().map(TrialJson::read).forEach(results::add);
            return new RunFile(environment, results);
        } catch (IOException e) {
            throw new UncheckedIOException("run cannot be read: " + directory, e);
        }
    }

    /// Writes a run, and replaces an existing file in one step.
    ///
    /// @param directory the run's
    /// @throws UncheckedIOException if it cannot be written
    public void write(Path directory) {
        var names = new LinkedHashMap<String, Json>();
        environment.forEach((name, value) -> names.put(name, new Json.Str(value)));
        var file = Json.obj()
                .with("environment", new Json.Obj(names))
                .with("trials", new Json.Arr(results.trials().stream().<Json>map(TrialJson::write).toList()));
        try {
            var next = directory.resolve(NAME + ".next");
            Files.writeString(next, file.toString().replace("{\"question\"", "\n{\"question\""));
            Files.move(next, directory.resolve(NAME), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("run cannot be written: " + directory, e);
        }
    }
}
