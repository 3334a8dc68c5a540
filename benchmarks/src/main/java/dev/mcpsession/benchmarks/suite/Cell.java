package dev.mcpsession.benchmarks.suite;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// One cell of a table of results: a question, and a value for each of its parameters.
///
/// @param question   the question's name
/// @param parameters values by name, in display order
public record Cell(String question, SequencedMap<String, String> parameters) {

    /// Copies the parameters.
    public Cell {
        parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
    }

    /// Creates a cell.
    ///
    /// @param question      the question's name
    /// @param keysAndValues its parameters, alternating names and values
    /// @return a new cell
    public static Cell of(String question, Object... keysAndValues) {
        var parameters = new LinkedHashMap<String, String>();
        for (var i = 0; i < keysAndValues.length; i += 2) {
            parameters.put(keysAndValues[i].toString(), keysAndValues[i + 1].toString());
        }
        return new Cell(question, parameters);
    }

    /// Returns a parameter's value.
    ///
    /// @param parameter its name
    /// @return the value
    /// @throws IllegalArgumentException if the cell has no such parameter
    public String text(String parameter) {
        var value = parameters.get(parameter);
        if (value == null) throw new IllegalArgumentException(question + " has no " + parameter + ": " + parameters.keySet());
        return value;
    }

    /// Returns a parameter's value.
    ///
    /// @param parameter its name
    /// @return the value
    public int number(String parameter) {
        return Integer.parseInt(text(parameter));
    }

    /// {@return a copy with another value of a parameter}
    ///
    /// @param parameter its name
    /// @param value     the value
    public Cell with(String parameter, Object value) {
        var changed = new LinkedHashMap<>(parameters);
        changed.put(parameter, value.toString());
        return new Cell(question, changed);
    }

    /// Returns the question and the parameters on one line.
    @Override
    public String toString() {
        return parameters.entrySet().stream().map(Object::toString).collect(Collectors.joining(" ", question + " ", "")).strip();
    }
}
