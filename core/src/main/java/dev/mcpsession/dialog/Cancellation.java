package dev.mcpsession.dialog;

import static java.lang.System.Logger.Level.ERROR;

import java.util.ArrayList;
import java.util.List;

/// Whether a call was cancelled, and what then runs. Thread-safe; no action runs under the lock.
final class Cancellation {

    private static final System.Logger LOG = System.getLogger(Cancellation.class.getName());

    private final List<Runnable> actions = new ArrayList<>(1);
    private volatile boolean requested;

    boolean isRequested() {
        return requested;
    }

    /// {@return false if it was requested before}
    synchronized boolean request() {
        var isFirst = !requested;
        requested = true;
        return isFirst;
    }

    /// Adds an action, or runs it if the call was cancelled already.
    void add(Runnable action) {
        synchronized (this) {
            if (!requested) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    synchronized void remove(Runnable action) {
        actions.remove(action);
    }

    /// Runs the actions; one that fails does not prevent the others.
    void run() {
        for (var action : taken()) {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                LOG.log(ERROR, () -> "an action of a cancelled call failed", e);
            }
        }
    }

    private synchronized List<Runnable> taken() {
        var all = List.copyOf(actions);
        actions.clear();
        return all;
    }
}
