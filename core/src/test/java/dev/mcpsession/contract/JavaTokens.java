package dev.mcpsession.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Splits Java source into words and punctuation, each with its line. Drops comments and literals.
final class JavaTokens {

    // The first alternative that matches wins, so a text block is not taken for an empty string. Within a block, everything up to the next
    // quote or backslash is one step, since each step takes a frame of the stack.
    private static final Pattern TOKEN = Pattern.compile("""
            (?<dropped>\\s+|//[^\\n]*|/\\*(?s:.*?)\\*/\
            |\"""(?s:[^"\\\\]++|\\\\.|"(?!""))*+\"""|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])+'|\\d[\\w.]*)\
            |(?<word>[\\p{L}_$][\\w$]*)|(?<sign>->|::|.)""");

    /// @param line counted from 1
    record Token(String text, int line) {

        boolean is(String other) {
            return text.equals(other);
        }

        boolean isWord() {
            return Character.isJavaIdentifierStart(text.charAt(0));
        }

        /// Whether this is a type name by convention.
        boolean isTypeName() {
            return Character.isUpperCase(text.charAt(0));
        }
    }

    private JavaTokens() {}

    static List<Token> of(String source) {
        var tokens = new ArrayList<Token>();
        var line = 1;
        for (var found = TOKEN.matcher(source); found.find(); ) {
            var text = found.group();
            if (found.group("dropped") == null) tokens.add(new Token(text, line));
            line += (int) text.chars().filter(c -> c == '\n').count();
        }
        return List.copyOf(tokens);
    }
}
