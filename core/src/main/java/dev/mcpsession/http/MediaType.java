package dev.mcpsession.http;

/// Compares media types as headers name them.
final class MediaType {

    private MediaType() {}

    /// Whether a value names this type, whatever its case and parameters.
    static boolean is(String value, String type) {
        return value.split(";", 2)[0].strip().equalsIgnoreCase(type);
    }
}
