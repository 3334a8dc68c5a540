package dev.mcpsession.contract;

import static java.util.stream.Collectors.toSet;

import dev.mcpsession.contract.JavaTokens.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A Java source file: its imports, declarations, and the names it uses. Ignores comments and literals.
final class JavaSource {

    private static final Set<String> KINDS = Set.of("class", "interface", "enum", "record");

    private final String name;
    private final String packageName;
    private final int lines;
    private final List<Token> tokens;
    private final List<String> imports = new ArrayList<>();
    private final Set<String> declared = new HashSet<>();
    private final Set<String> permitted = new HashSet<>();
    private final List<Method> methods = new ArrayList<>();
    private boolean isPublic;
    private Set<String> annotations = Set.of();

    /// @param lines from the first line of its head, after annotations, to the closing brace
    record Method(String name, int line, int lines) {}

    private enum Block { TYPE, METHOD, OTHER }

    /// @param name the name of the top-level type
    JavaSource(String name, String text) {
        this.name = name;
        lines = (int) text.lines().count();
        tokens = JavaTokens.of(text);
        packageName = tokens.isEmpty() || !tokens.getFirst().is("package") ? "" : qualified(1);
        for (var i = 0; i < tokens.size(); i++) if (isImport(i)) imports.add(qualified(tokens.get(i + 1).is("static") ? i + 2 : i + 1));
        readBlocks();
    }

    static JavaSource read(Path file) {
        try {
            return new JavaSource(file.getFileName().toString().replaceFirst("\\.java$", ""), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    String packageName() {
        return packageName;
    }

    int lines() {
        return lines;
    }

    List<Method> methods() {
        return methods;
    }

    /// Whether its top-level type is public and lacks the annotation.
    boolean isPublicWithout(String annotation) {
        return isPublic && !annotations.contains(annotation);
    }

    /// The types that its sealed types permit, nested ones included.
    Set<String> permitted() {
        return permitted;
    }

    /// The other packages that it imports from or names in full.
    Set<String> packages() {
        return inFull().map(JavaSource::packageOf).filter(found -> !found.isEmpty() && !found.equals(packageName)).collect(toSet());
    }

    /// The types of its package that it uses. An imported or nested type hides one of the same name.
    Set<String> uses(Set<String> siblings) {
        var hidden = imports.stream().map(each -> each.replaceFirst(".*\\.", "")).collect(toSet());
        hidden.addAll(declared);
        var simple = names().map(i -> tokens.get(i).text()).filter(each -> !hidden.contains(each));
        var full = inFull().filter(each -> packageOf(each).equals(packageName) && each.length() > packageName.length())
                .map(each -> each.substring(packageName.length() + 1).replaceFirst("\\..*", ""));
        return Stream.concat(simple, full).filter(each -> !each.equals(name) && siblings.contains(each)).collect(toSet());
    }

    /// Its imports, and the qualified names that it uses.
    private Stream<String> inFull() {
        return Stream.concat(imports.stream(), names().map(this::qualified));
    }

    private Stream<Integer> names() {
        return IntStream.range(0, tokens.size()).filter(this::startsName).boxed();
    }

    private boolean startsName(int i) {
        return tokens.get(i).isWord() && (i == 0 || !tokens.get(i - 1).is(".") && !tokens.get(i - 1).is("::"));
    }

    private boolean isImport(int i) {
        return i >= 0 && tokens.get(i).is("import") && !tokens.get(i + 1).is("module") && (i == 0 || tokens.get(i - 1).is(";"));
    }

    private String qualified(int from) {
        var text = new StringBuilder(tokens.get(from).text());
        for (var i = from + 1; i + 1 < tokens.size() && tokens.get(i).is("."); i += 2) text.append('.').append(tokens.get(i + 1).text());
        return text.toString();
    }

    /// The package of a qualified name: the part before the first type name.
    private static String packageOf(String qualified) {
        return qualified.replaceFirst("(^|\\.)(\\p{Lu}.*|\\*)$", "").replaceFirst("^[^.]*$", "");
    }

    // --- blocks

    /// @param next where the next head begins; -1 means after the closing brace
    private record Open(Block block, int head, int next) {}

    private void readBlocks() {
        var open = new ArrayDeque<Open>();
        var head = 0;
        var parentheses = 0;
        for (var i = 0; i < tokens.size(); i++) {
            switch (tokens.get(i).text()) {
                case "(" -> parentheses++;
                case ")" -> parentheses--;
                case ";" -> head = parentheses == 0 ? i + 1 : head;
                case "{" -> {
                    var from = withoutAnnotations(head);
                    var block = parentheses > 0 ? Block.OTHER : kind(open.isEmpty() ? Block.TYPE : open.peek().block(), from, i);
                    if (block == Block.TYPE) declare(head, from, i, open.isEmpty());
                    open.push(new Open(block, from, parentheses > 0 ? head : -1)); // an annotation may contain braces
                    head = i + 1;
                }
                case "}" -> {
                    var closed = open.pop();
                    if (closed.block() == Block.METHOD) methods.add(method(closed.head(), i));
                    head = closed.next() < 0 ? i + 1 : closed.next();
                }
                default -> {}
            }
        }
    }

    private Block kind(Block outer, int from, int brace) {
        if (outer != Block.TYPE) return Block.OTHER;
        var depth = 0;
        for (var i = from; i < brace; i++) {
            var token = tokens.get(i);
            if (token.is("(")) depth++;
            if (token.is(")")) depth--;
            if (depth == 0 && token.is("=")) return Block.OTHER; // a field's value
            if (depth == 0 && KINDS.contains(token.text()) && tokens.get(i + 1).isTypeName()) return Block.TYPE;
        }
        return Block.METHOD;
    }

    private void declare(int head, int from, int brace, boolean isTopLevel) {
        var isPermitted = false;
        for (var i = from; i < brace; i++) {
            var token = tokens.get(i);
            if (KINDS.contains(token.text()) && tokens.get(i + 1).isTypeName() && !isTopLevel) declared.add(tokens.get(i + 1).text());
            if (isPermitted && token.isTypeName()) permitted.add(token.text());
            isPermitted |= token.is("permits");
            if (isTopLevel) isPublic |= token.is("public");
        }
        if (isTopLevel) annotations = tokens.subList(head, from).stream().map(Token::text).collect(toSet());
    }

    private Method method(int head, int brace) {
        var line = tokens.get(head).line();
        var called = "initializer";
        for (var i = head; !tokens.get(i).is("(") && !tokens.get(i).is("{"); i++) called = tokens.get(i).text();
        return new Method(called, line, tokens.get(brace).line() - line + 1);
    }

    private int withoutAnnotations(int head) {
        var i = head;
        while (tokens.get(i).is("@") && !tokens.get(i + 1).is("interface")) {
            i += 2;
            while (tokens.get(i).is(".")) i += 2;
            if (!tokens.get(i).is("(")) continue;
            for (var depth = 0; i < tokens.size(); i++) {
                if (tokens.get(i).is("(")) depth++;
                if (tokens.get(i).is(")") && --depth == 0) break;
            }
            i++;
        }
        return i;
    }

    @Override
    public String toString() {
        return packageName + '.' + name;
    }
}
