package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// What a flight recording shows of a broadcaster. Costs next to nothing when nobody records; never holds a whole session id.
final class JfrEvents {

    private JfrEvents() {}

    static void published(EventId id, String method, int bytes) {
        var recorded = new Published();
        if (!recorded.shouldCommit()) return;
        recorded.id = id.toString();
        recorded.method = method;
        recorded.bytes = bytes;
        recorded.commit();
    }

    static void lagged(EventFilter filter, long missed, long messages) {
        var recorded = new Lagged();
        if (!recorded.shouldCommit()) return;
        recorded.session = sessionOf(filter);
        recorded.missed = missed;
        recorded.messages = messages;
        recorded.commit();
    }

    static void opened(EventFilter filter) {
        var recorded = new SubscriptionOpened();
        if (!recorded.shouldCommit()) return;
        recorded.session = sessionOf(filter);
        recorded.commit();
    }

    static void closed(EventFilter filter) {
        var recorded = new SubscriptionClosed();
        if (!recorded.shouldCommit()) return;
        recorded.session = sessionOf(filter);
        recorded.commit();
    }

    private static String sessionOf(EventFilter filter) {
        return filter.session().map(Object::toString).orElse("");
    }

    @Name("dev.mcpsession.Published")
    @Label("Event Published")
    @Category("mcp-session")
    @StackTrace(false)
    private static final class Published extends jdk.jfr.Event {
        @Label("Event Id") String id;
        @Label("Method") String method;
        @Label("Frame Bytes") int bytes;
    }

    @Name("dev.mcpsession.Lagged")
    @Label("Subscription Lagged")
    @Category("mcp-session")
    @StackTrace(false)
    private static final class Lagged extends jdk.jfr.Event {
        @Label("Session") String session;
        @Label("Missed Events") long missed;
        @Label("Missed Messages") long messages;
    }

    @Name("dev.mcpsession.SubscriptionOpened")
    @Label("Subscription Opened")
    @Category("mcp-session")
    @StackTrace(false)
    private static final class SubscriptionOpened extends jdk.jfr.Event {
        @Label("Session") String session;
    }

    @Name("dev.mcpsession.SubscriptionClosed")
    @Label("Subscription Closed")
    @Category("mcp-session")
    @StackTrace(false)
    private static final class SubscriptionClosed extends jdk.jfr.Event {
        @Label("Session") String session;
    }
}
