package dev.mcpsession.json;

/// Says that a text is not JSON, or that a value is nested too deeply to be written as one.
public final class JsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int EXCERPT = 16;

    /// Where the text breaks the rule, or -1 if a value was being written.
    private final int offset;

    JsonException(String rule, String value, int offset) {
        super(rule + ": " + value + " at byte " + offset);
        this.offset = offset;
    }

    JsonException(String message) {
        super(message);
        this.offset = -1;
    }

    /// {@return where the text breaks the rule, in bytes of its UTF-8 form from 0, or -1 if a value was being written}
    public int offset() {
        return offset;
    }

    /// Quotes the first few characters of a value for a message. What strangers send ends up in logs: it must not
    /// fill them, nor start a line of its own.
    static String excerpt(String value) {
        return value.length() <= EXCERPT
                ? JsonWriter.quoted(value)
                : JsonWriter.quoted(value.substring(0, EXCERPT)) + "…";
    }
}
