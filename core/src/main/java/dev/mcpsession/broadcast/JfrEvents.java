package dev.mcpsession.broadcast;

import dev.mcpsession.event.Audience;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Heading;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A broadcaster's events for Java Flight Recorder. They cost next to nothing while no recording runs. Sessions and owners are shown as in
/// log lines, so no recording contains a whole session id or a name.
final class JfrEvents {

    private JfrEvents() {}

    static void published(EventId id, Heading heading, int bytes) {
        var recorded = new Published();
        if (!recorded.shouldCommit()) return;
        recorded.id = id.toString();
        recorded.method = heading.method();
        recorded.audience = switch (heading.audience()) {
            case Audience.Everyone() -> "everyone";
            case Audience.OneSession(var session) -> "session " + session;
            case Audience.SessionsOf(var owner) -> owner.toString();
        };
        recorded.bytes = bytes;
        recorded.commit();
    }

    static void lagged(EventFilter filter, long missed, long messages) {
        var recorded = new Lagged();
        if (!recorded.shouldCommit()) return;
        recorded.session = filter.session().map(Object::toString).orElse("");
        recorded.owner = filter.owner().toString();
        recorded.missed = missed;
        recorded.messages = messages;
        recorded.commit();
    }

    @Name("dev.mcpsession.Published")
    @Label("Event Published")
    @Category("mcp-session")
    @StackTrace(false)
    private static final class Published extends jdk.jfr.Event {
        @Label("Event Id") String id;
        @Label("Method") String method;
        @Label("Audience") String audience;
        @Label("Bytes") @DataAmount int bytes;
    }

    @Name("dev.mcpsession.Lagged")
    @Label("Stream Lagged")
    @Category("mcp-session")
    @StackTrace(false)
    private static final class Lagged extends jdk.jfr.Event {
        @Label("Session") String session;
        @Label("Owner") String owner;
        @Label("Missed Events") long missed;
        @Label("Missed Messages") long messages;
    }
}
