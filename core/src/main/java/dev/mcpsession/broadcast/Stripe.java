package dev.mcpsession.broadcast;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// One of the lists of readers that have read everything and wait, and the way they are woken.
///
/// ```text
///              await: linked, under the lock
///   RUNNING ────────────────────────────────▶ WAITING (generation g ≥ 0)
///      ▲                                        │
///      ├── wake one, or give up: unlinked ──────┤  under the lock, only while its generation is the list's
///      │                                        │
///      ├── by its leader ───────────────────────┤  the whole list was taken: its generation is over, and every reader
///      │                                        │  of it is changed by the one thread that walks it
///   LEADER ◀── by the publisher, the first ─────┘
///      └─▶ RUNNING, after it has woken the rest
/// ```
///
/// A publisher takes the whole list in one step, which begins the next generation, and wakes its first reader alone: the
/// leader. The leader wakes the others before it reads on. So publishing costs one step per stripe however many wait, and
/// waking is done by as many threads as there are stripes.
///
/// A wake-up cannot be lost: a publisher makes its event visible, then looks at the list; a reader enters the list, then
/// looks for events; so one of them sees the other.
///
/// A lock-free stack of waiters was rejected. There a reader can be in the list and running, so appointing a leader is two
/// compare-and-sets that must loop or lose a reader for ever, and a reader that goes away leaves its node behind until the
/// next event. Here who is in the list waits, and who leaves it unlinks itself; the lock is held for a few stores.
final class Stripe {

    static final int RUNNING = -1;
    static final int LEADER = -2;

    private final LongAdder wakeUps;
    private volatile Reader first;
    private int generation;
    private int waiting;

    Stripe(LongAdder wakeUps) {
        this.wakeUps = wakeUps;
    }

    synchronized int waiting() {
        return waiting;
    }

    /// Waits until somebody wakes the reader or it has something to do.
    void await(Reader reader) throws InterruptedException {
        enter(reader);
        if (reader.isReady()) leave(reader);
        var interrupted = false;
        while (reader.state >= 0) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
                leave(reader); // if the list was taken, its walker comes by in a moment
            }
        }
        if (reader.state == LEADER) lead(reader);
        if (interrupted) throw new InterruptedException();
    }

    /// Wakes all who wait, by waking one.
    void wakeAll() {
        if (first == null) return;
        var leader = takeAll();
        if (leader == null) return;
        wake(leader, LEADER); // before it is counted: a failure in between would leave the whole list waiting permanently
        wakeUps.increment();
    }

    /// Wakes one reader, if it waits.
    void wake(Reader reader) {
        if (!leave(reader)) return;
        LockSupport.unpark(reader.thread);
        wakeUps.increment();
    }

    /// Wakes those who were silent for a heartbeat, one by one: their turns come spread over time.
    void wakeSilent() {
        var woken = 0;
        for (var reader = takeSilent(); reader != null; ) {
            var next = reader.next;
            reader.next = null;
            wake(reader, RUNNING);
            reader = next;
            woken++;
        }
        wakeUps.add(woken);
    }

    private void lead(Reader leader) {
        var rest = leader.next;
        leader.next = null;
        leader.state = RUNNING;
        var woken = 0;
        while (rest != null) {
            var next = rest.next; // before it runs: it may wait again at once
            rest.previous = rest.next = null;
            wake(rest, RUNNING);
            rest = next;
            woken++;
        }
        wakeUps.add(woken);
    }

    private static void wake(Reader reader, int state) {
        var thread = reader.thread;
        reader.state = state;
        LockSupport.unpark(thread);
    }

    synchronized void enter(Reader reader) {
        reader.thread = Thread.currentThread();
        reader.previous = null;
        reader.next = first;
        if (first != null) first.previous = reader;
        reader.state = generation;
        first = reader;
        waiting++;
    }

    /// Unlinks the reader, unless it does not wait or its list was taken.
    private synchronized boolean leave(Reader reader) {
        if (reader.state != generation) return false;
        unlink(reader);
        reader.next = null;
        reader.state = RUNNING;
        return true;
    }

    private void unlink(Reader reader) {
        if (reader.previous == null) first = reader.next;
        else reader.previous.next = reader.next;
        if (reader.next != null) reader.next.previous = reader.previous;
        reader.previous = null;
        waiting--;
    }

    synchronized Reader takeAll() {
        var all = first;
        if (all == null) return null;
        first = null;
        waiting = 0;
        beginGeneration();
        return all;
    }

    /// Moves the silent ones into a list of their own, whose generation is over at once.
    synchronized Reader takeSilent() {
        Reader silent = null;
        for (var reader = first; reader != null; ) {
            var next = reader.next;
            if (reader.isSilent()) {
                unlink(reader);
                reader.next = silent;
                reader.state = generation - 1 & Integer.MAX_VALUE; // a past one, which leave() does not touch
                silent = reader;
            }
            reader = next;
        }
        return silent;
    }

    private void beginGeneration() {
        generation = generation + 1 & Integer.MAX_VALUE;
    }
}
