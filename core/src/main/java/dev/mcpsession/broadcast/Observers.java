package dev.mcpsession.broadcast;

import static java.lang.System.Logger.Level.ERROR;

import dev.mcpsession.event.ControlObserver;
import dev.mcpsession.event.LogRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The observers of a broadcaster's controls. They are called outside its lock, and none can fail what it observes. Thread-safe.
final class Observers {

    private static final System.Logger LOG = System.getLogger(Observers.class.getName());

    private final List<ControlObserver> observers = new CopyOnWriteArrayList<>();

    ControlObserver.Observation add(ControlObserver observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    void applied(LogRecord.Control control) {
        switch (control) {
            case LogRecord.SessionsEnded(var sessions) -> each(observer -> observer.sessionsEnded(sessions));
            case LogRecord.OwnerEnded(var owner) -> each(observer -> observer.ownerEnded(owner));
            case LogRecord.Relayed(var session, var message) -> each(observer -> observer.relayed(session, message));
            case LogRecord.TakenOver _, LogRecord.TopicAdded _, LogRecord.TopicRemoved _ -> {} // they concern subscriptions alone
        }
    }

    void tick(Duration heartbeat) {
        each(observer -> observer.tick(heartbeat));
    }

    private void each(Consumer<ControlObserver> call) {
        for (var observer : observers) {
            try {
                call.accept(observer);
            } catch (RuntimeException | Error e) {
                report(e);
            }
        }
    }

    /// Never throws: when memory is exhausted, there may be none for a log line.
    private static void report(Throwable failure) {
        try {
            LOG.log(ERROR, () -> "an observer of the log's controls failed; the control is applied nevertheless", failure);
        } catch (RuntimeException | Error _) {
            Thread.yield();
        }
    }

    void close() {
        observers.clear();
    }
}
