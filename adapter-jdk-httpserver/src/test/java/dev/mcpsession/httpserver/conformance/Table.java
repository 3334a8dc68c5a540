package dev.mcpsession.httpserver.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The matrix as a table of Markdown, which stands in a page between two markers.
final class Table {

    static final String BEGIN = "<!-- The command writes what follows. -->";
    static final String END = "<!-- Here it ends. -->";

    private final List<String> lines = new ArrayList<>();
    private final List<String> proofs = new ArrayList<>();

    Table() {
        lines.add(line("client", "version", "mode") + Arrays.stream(Column.values()).map(Column::title).collect(Collectors.joining(" | ", " ", " |")));
        lines.add("|---".repeat(3 + Column.values().length) + "|");
    }

    private static String line(String... cells) {
        return Arrays.stream(cells).collect(Collectors.joining(" | ", "| ", " |"));
    }

    /// Adds a client.
    void add(MatrixClient client, Outcome outcome) {
        var cells = Arrays.stream(Column.values()).map(outcome::get).collect(Collectors.joining(" | ", " ", " |"));
        var note = client.proof().map(this::note).orElse("");
        lines.add(line(client.name() + note, client.version(), client.mode()) + cells);
    }

    private String note(String proof) {
        if (!proofs.contains(proof)) proofs.add(proof);
        return " (" + (proofs.indexOf(proof) + 1) + ")";
    }

    @Override
    public String toString() {
        var text = new StringBuilder(String.join("\n", lines)).append("\n\n");
        for (var i = 0; i < proofs.size(); i++) text.append(i + 1).append(". ").append(proofs.get(i)).append(".\n");
        return text.toString();
    }

    /// Writes it into a page, which stays as it is if it has the same table already.
    ///
    /// @return whether the page changed
    boolean writeInto(Path page) throws IOException {
        var text = Files.readString(page);
        var replaced = replaceIn(text);
        if (replaced.equals(text)) return false;
        Files.writeString(page, replaced);
        return true;
    }

    /// The text with this between its markers.
    ///
    /// @throws IllegalArgumentException if it has none
    String replaceIn(String text) {
        var begin = text.indexOf(BEGIN);
        var end = text.indexOf(END);
        if (begin < 0 || end < begin) throw new IllegalArgumentException("markers are missing: " + BEGIN + " and " + END);
        return text.substring(0, begin) + BEGIN + "\n" + this + text.substring(end);
    }
}
