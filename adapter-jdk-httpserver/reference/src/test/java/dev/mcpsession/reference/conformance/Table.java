package dev.mcpsession.reference.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A Markdown table with its notes, which is between two markers in a page.
final class Table {

    private final String begin;
    private final String end;
    private final List<String> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /// @param name   the name in the markers
    /// @param header the titles of its columns
    Table(String name, List<String> header) {
        begin = "<!-- " + name + ", written by the command -->";
        end = "<!-- end of " + name + " -->";
        lines.add(line(header));
        lines.add("|---".repeat(header.size()) + "|");
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    /// Adds a row.
    ///
    /// @param note a note on the row
    void add(List<String> cells, Optional<String> note) {
        var marked = new ArrayList<>(cells);
        note.ifPresent(text -> marked.set(0, marked.getFirst() + " (" + number(text) + ")"));
        lines.add(line(marked));
    }

    private int number(String note) {
        if (!notes.contains(note)) notes.add(note);
        return notes.indexOf(note) + 1;
    }

    @Override
    public String toString() {
        var text = new StringBuilder(String.join("\n", lines)).append('\n');
        for (var note : notes) text.append(number(note) == 1 ? "\n" : "").append(number(note)).append(". ").append(note).append(".\n");
        return text.toString();
    }

    /// Writes it into a page, unless the page has the same table already.
    ///
    /// @return whether the page changed
    /// @throws IllegalArgumentException if the page has no markers
    boolean writeInto(Path page) throws IOException {
        var text = Files.readString(page);
        var from = text.indexOf(begin);
        var to = text.indexOf(end);
        if (from < 0 || to < from) throw new IllegalArgumentException(page + " must have the markers " + begin + " and " + end);
        var replaced = text.substring(0, from) + begin + "\n" + this + text.substring(to);
        if (replaced.equals(text)) return false;
        Files.writeString(page, replaced);
        return true;
    }
}
