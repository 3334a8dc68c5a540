package dev.mcpsession.json;

/// A text is not JSON, or a value is nested too deeply to be written as JSON.
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// The index of the byte that breaks the rule; -1 if a value was being written.
    private final int offset;

    JsonException(String rule, String value, int offset) {
        super(rule + ": " + value + " at byte " + offset);
        this.offset = offset;
    }

    JsonException(String message) {
        super(message);
        this.offset = -1;
    }

    /// {@return the index of the byte of the text, in UTF-8, that breaks the rule; -1 if a value was being written}
    public int offset() {
        return offset;
    }
}
