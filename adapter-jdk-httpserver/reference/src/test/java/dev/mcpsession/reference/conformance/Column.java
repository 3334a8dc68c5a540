package dev.mcpsession.reference.conformance;

import java.util.Arrays;
import java.util.stream.Stream;

/// The columns of the matrix.
enum Column {

    REVISION("revision"),
    CALLS("lists and calls"),
    HEARS("hears"),
    HEARS_LATER("after 400 heartbeats"),
    AFTER_CUT("after a cut"),
    ENDS("ends its session");

    private final String title;

    Column(String title) {
        this.title = title;
    }

    /// The titles of all columns.
    static Stream<String> titles() {
        return Arrays.stream(values()).map(Column::title);
    }

    String title() {
        return title;
    }
}
