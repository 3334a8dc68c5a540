package dev.mcpsession.httpserver.conformance;

/// What the matrix shows of each client.
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

    String title() {
        return title;
    }
}
