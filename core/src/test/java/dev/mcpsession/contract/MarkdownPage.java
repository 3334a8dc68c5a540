package dev.mcpsession.contract;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// A page of the documentation. Tests compile its code, and compare its tables with the code.
///
/// @param text Markdown
public record MarkdownPage(String text) {

    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

    /// Reads a page.
    public static MarkdownPage read(Path file) throws IOException {
        return new MarkdownPage(Files.readString(file));
    }

    /// {@return the page's blocks of code in a language, in order}
    public List<String> code(String language) {
        return Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL).matcher(text).results()
                .map(block -> block.group(1)).toList();
    }

    /// {@return the only block of code in a language that has this beginning}
    public String code(String language, String beginning) {
        var blocks = code(language).stream().filter(block -> block.startsWith(beginning)).toList();
        if (blocks.size() != 1) throw new AssertionError(blocks.size() + " blocks of " + language + " begin with " + beginning);
        return blocks.getFirst();
    }

    /// {@return the section under a heading, up to the next heading}
    public MarkdownPage section(String heading) {
        var headings = HEADING.matcher(withoutCode()).results().map(MatchResult::group).toList();
        var from = text.indexOf(headings.stream().filter(it -> it.endsWith("# " + heading)).findFirst()
                .orElseThrow(() -> new AssertionError("no heading " + heading + " in " + headings)));
        var rest = text.substring(text.indexOf('\n', from));
        var to = rest.indexOf("\n## ");
        return new MarkdownPage(to < 0 ? rest : rest.substring(0, to));
    }

    /// {@return the rows of all tables that have these columns, each as its cells by column, without backquotes}
    public List<Map<String, String>> rows(String... columns) {
        var rows = new ArrayList<Map<String, String>>();
        List<String> header = null;
        for (var line : text.lines().toList()) {
            if (!line.startsWith("|")) {
                header = null;
            } else if (header == null) {
                header = cells(line);
            } else if (!line.startsWith("|--") && !line.startsWith("| :") && header.containsAll(List.of(columns))) {
                var row = new LinkedHashMap<String, String>();
                var cells = cells(line);
                for (var n = 0; n < header.size(); n++) row.putIfAbsent(header.get(n), cells.get(n));
                rows.add(row);
            }
        }
        if (rows.isEmpty()) throw new AssertionError("no table has the columns " + List.of(columns));
        return rows;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1)).map(cell -> cell.strip().replace("`", "")).toList();
    }

    /// {@return the addresses that the page links to}
    public Stream<String> links() {
        return LINK.matcher(withoutCode()).results().map(link -> link.group(1));
    }

    /// {@return the fragments by which a link leads to a heading of this page}
    public List<String> anchors() {
        return HEADING.matcher(withoutCode()).results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
                .toList();
    }

    private String withoutCode() {
        return text.replaceAll("(?ms)^```.*?^```$", "");
    }

    /// Compiles source files.
    ///
    /// @param directory the directory of the classes
    /// @param paths     the options that name the class path or the module path
    /// @param sources   the texts by file name
    public static void compile(Path directory, List<String> paths, Map<String, String> sources) throws IOException {
        var arguments = new ArrayList<>(paths);
        arguments.addAll(List.of("-proc:none", "-d", directory.toString()));
        for (var source : sources.entrySet()) {
            var file = directory.resolve("sources").resolve(source.getKey());
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        var said = new StringWriter();
        var status = ToolProvider.findFirst("javac").orElseThrow()
                .run(new PrintWriter(said), new PrintWriter(said), arguments.toArray(String[]::new));
        if (status != 0) throw new AssertionError(said.toString());
    }
}
