package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.Session;
import dev.mcpsession.SessionId;
import dev.mcpsession.http.HandlerStats.SessionEnd;
import java.time.Duration;
import java.util.Optional;
import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// An endpoint's events for Java Flight Recorder. They cost next to nothing while no recording runs. Sessions and owners are shown as in
/// log lines, so no recording contains a whole session id or a name.
final class JfrEvents {

    private static final long NOT_AVAILABLE = Long.MIN_VALUE; // JFR prints it as N/A

    private JfrEvents() {}

    static void created(Session session) {
        commit(new SessionCreated(), Optional.of(session.id()), session.owner());
    }

    /// @param owner null if unknown
    /// @param age   null if unknown
    static void ended(SessionId id, Owner owner, SessionEnd cause, Duration age) {
        var recorded = new SessionEnded();
        recorded.cause = cause.name();
        recorded.age = age == null ? NOT_AVAILABLE : age.toNanos();
        commit(recorded, Optional.of(id), owner);
    }

    static void opened(EventStream stream) {
        commit(new StreamOpened(), stream.session(), stream.owner());
    }

    static void ended(EventStream stream, StreamEnd cause) {
        var recorded = new StreamEnded();
        if (!recorded.isEnabled()) return;
        var ended = stream.current();
        recorded.cause = cause.name();
        recorded.age = ended.age().toNanos();
        recorded.events = ended.events();
        recorded.slowestWrite = ended.slowestWrite().toNanos();
        commit(recorded, ended.session(), ended.owner());
    }

    private static void commit(OfOwner recorded, Optional<SessionId> session, Owner owner) {
        if (!recorded.shouldCommit()) return;
        recorded.session = session.map(Object::toString).orElse("");
        recorded.owner = owner == null ? "" : owner.toString();
        recorded.commit();
    }

    @Category("mcp-session")
    @StackTrace(false)
    private abstract static class OfOwner extends jdk.jfr.Event {
        @Label("Session") String session;
        @Label("Owner") String owner;
    }

    @Name("dev.mcpsession.SessionCreated")
    @Label("Session Created")
    private static final class SessionCreated extends OfOwner {}

    @Name("dev.mcpsession.SessionEnded")
    @Label("Session Ended")
    private static final class SessionEnded extends OfOwner {
        @Label("Cause") String cause;
        @Label("Age") @Timespan long age;
    }

    @Name("dev.mcpsession.StreamOpened")
    @Label("Stream Opened")
    private static final class StreamOpened extends OfOwner {}

    @Name("dev.mcpsession.StreamEnded")
    @Label("Stream Ended")
    private static final class StreamEnded extends OfOwner {
        @Label("Cause") String cause;
        @Label("Age") @Timespan long age;
        @Label("Events") long events;
        @Label("Slowest Write") @Timespan long slowestWrite;
    }
}
