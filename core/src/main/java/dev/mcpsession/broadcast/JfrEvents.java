package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A broadcaster's events for Java Flight Recorder. They cost next to nothing while no recording runs, and never contain a whole
/// session id.
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
        recorded.missed = missed;
        recorded.messages = messages;
        commit(recorded, filter);
    }

    static void opened(EventFilter filter) {
        commit(new SubscriptionOpened(), filter);
    }

    static void closed(EventFilter filter) {
        commit(new SubscriptionClosed(), filter);
    }

    private static void commit(OfSubscription recorded, EventFilter filter) {
        if (!recorded.shouldCommit()) return;
        recorded.session = filter.session().map(Object::toString).orElse("");
        recorded.commit();
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

    @Category("mcp-session")
    @StackTrace(false)
    private abstract static class OfSubscription extends jdk.jfr.Event {
        @Label("Session") String session;
    }

    @Name("dev.mcpsession.Lagged")
    @Label("Subscription Lagged")
    private static final class Lagged extends OfSubscription {
        @Label("Missed Events") long missed;
        @Label("Missed Messages") long messages;
    }

    @Name("dev.mcpsession.SubscriptionOpened")
    @Label("Subscription Opened")
    private static final class SubscriptionOpened extends OfSubscription {}

    @Name("dev.mcpsession.SubscriptionClosed")
    @Label("Subscription Closed")
    private static final class SubscriptionClosed extends OfSubscription {}
}
