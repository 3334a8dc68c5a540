package dev.mcpsession.http;

/// Compares media types as headers name them.
final class MediaType {

    private MediaType() {}

    /// Whether a value names this type, whatever its case and parameters.
    static boolean is(String value, String type) {
        var semicolon = value.indexOf(';');
        return HeaderSyntax.strip(semicolon < 0 ? value : value.substring(0, semicolon)).equalsIgnoreCase(type);
    }
}
