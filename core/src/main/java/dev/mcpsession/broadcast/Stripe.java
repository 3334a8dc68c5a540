package dev.mcpsession.broadcast;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// One of the lists of readers that have read everything and wait, and the protocol that wakes them. Thread-safe.
final class Stripe {

    // ```text
    //              await: linked, under the lock
    //   RUNNING ────────────────────────────────▶ WAITING (generation g ≥ 0)
    //      ▲                                        │
    //      ├── wake one, or give up: unlinked ──────┤  under the lock, only while its generation is the list's
    //      │                                        │
    //      ├── by its leader ───────────────────────┤  the whole list was taken: its generation is over, and every reader
    //      │                                        │  of it is changed by the one thread that walks it
    //   LEADER ◀── by the publisher, the first ─────┘
    //      └─▶ RUNNING, after it has woken the rest
    // ```
    //
    // A publisher takes the whole list in one step, which begins the next generation, and wakes only its first reader: the leader.
    // The leader wakes the others before it reads on. So publishing costs one step per stripe, however many readers wait, and as many
    // threads as there are stripes do the waking.
    //
    // No wake-up is lost: a publisher publishes its event, then looks at the list; a reader enters the list, then looks for events.
    // So one of them sees the other.
    //
    // A lock-free stack of waiters was rejected. There a reader can be in the list and running, so appointing a leader takes
    // two compare-and-sets that must loop or lose a reader permanently, and a reader that leaves keeps its node in the list until the
    // next event. Here a reader that is in the list waits, and one that leaves unlinks itself; the lock is held for a few stores.

    static final int RUNNING = -1;
    static final int LEADER = -2;

    private final Host host;
    private final LongAdder wakeUps;
    private volatile Waiter first;
    private int generation;
    private int waiting;

    /// What the readers of all stripes share. They reach it through their stripe, so that a reader needs no field for it.
    interface Host {

        EventLog log();

        /// The time in eighths of a heartbeat period.
        int ticks();

        int inboxCapacity();

        /// Takes a short step under the broadcaster's lock.
        <T> T locked(Function<EventLog, T> step);

        void closed(Waiter reader);
    }

    /// A reader, as its stripe and the publishers see it.
    abstract static class Waiter {

        private final Stripe stripe;
        private volatile EventFilter filter; // only its topics change
        private Inbox inbox; // null if nothing can be addressed to the reader, and it has lost nothing
        Thread thread; // owned by the stripe, as are the links
        Waiter previous;
        Waiter next;
        volatile int state = RUNNING;
        private volatile boolean closed;

        Waiter(Stripe stripe, EventFilter filter, boolean needsInbox) {
            this.stripe = stripe;
            this.filter = filter;
            if (needsInbox) inbox();
        }

        /// Whether the reader has something to do; called after it has entered the list.
        abstract boolean isReady();

        /// Whether the reader had nothing to do for a heartbeat period.
        abstract boolean isSilent();

        boolean isClosed() {
            return closed;
        }

        /// Closes the reader; false if it was closed before.
        boolean setClosed() {
            synchronized (stripe) {
                var isFirst = !closed;
                closed = true;
                return isFirst;
            }
        }

        Host host() {
            return stripe.host;
        }

        EventFilter filter() {
            return filter;
        }

        void changeFilter(EventFilter changed) {
            filter = changed;
        }

        boolean hasInbox() {
            return inbox != null;
        }

        /// The inbox, created if there is none. Only the reader's own thread can find it missing.
        Inbox inbox() {
            if (inbox == null) inbox = new Inbox(host().inboxCapacity());
            return inbox;
        }

        /// Ends the reader after a position; the ordinal is that of the last broadcast event up to there.
        void endAfter(long position, long ordinal, Delivery.Cause why) {
            inbox.endAfter(position, ordinal, why);
            wake();
        }

        Stripe stripe() {
            return stripe;
        }

        void wake() {
            stripe.wake(this);
        }
    }

    Stripe(Host host, LongAdder wakeUps) {
        this.host = host;
        this.wakeUps = wakeUps;
    }

    synchronized int waiting() {
        return waiting;
    }

    /// Waits until the reader is woken or has something to do.
    void await(Waiter reader) throws InterruptedException {
        enter(reader);
        if (reader.isReady()) leave(reader);
        var interrupted = false;
        while (reader.state >= 0) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
                leave(reader); // if the list was taken, this reader is about to be woken
            }
        }
        if (reader.state == LEADER) lead(reader);
        if (interrupted) throw new InterruptedException();
    }

    /// Wakes all waiting readers, by waking one.
    void wakeAll() {
        if (first == null) return;
        var leader = takeAll();
        if (leader == null) return;
        wake(leader, LEADER); // before it is counted: a failure in between would leave the whole list waiting permanently
        wakeUps.increment();
    }

    /// Wakes one reader, if it waits.
    void wake(Waiter reader) {
        if (!leave(reader)) return;
        LockSupport.unpark(reader.thread);
        wakeUps.increment();
    }

    /// Wakes the readers that were silent for a heartbeat period, one by one, because their turns are spread over time.
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

    private void lead(Waiter leader) {
        var rest = leader.next;
        leader.next = null;
        leader.state = RUNNING;
        var woken = 0;
        while (rest != null) {
            var next = rest.next; // before it runs: it may wait again immediately
            rest.previous = rest.next = null;
            wake(rest, RUNNING);
            rest = next;
            woken++;
        }
        wakeUps.add(woken);
    }

    private static void wake(Waiter reader, int state) {
        var thread = reader.thread;
        reader.state = state;
        LockSupport.unpark(thread);
    }

    synchronized void enter(Waiter reader) {
        reader.thread = Thread.currentThread();
        reader.previous = null;
        reader.next = first;
        if (first != null) first.previous = reader;
        reader.state = generation;
        first = reader;
        waiting++;
    }

    /// Unlinks the reader if it waits and its list was not taken.
    private synchronized boolean leave(Waiter reader) {
        if (reader.state != generation) return false;
        unlink(reader);
        reader.next = null;
        reader.state = RUNNING;
        return true;
    }

    private void unlink(Waiter reader) {
        if (reader.previous == null) first = reader.next;
        else reader.previous.next = reader.next;
        if (reader.next != null) reader.next.previous = reader.previous;
        reader.previous = null;
        waiting--;
    }

    synchronized Waiter takeAll() {
        var all = first;
        if (all == null) return null;
        first = null;
        waiting = 0;
        beginGeneration();
        return all;
    }

    /// Moves the silent readers into a list of their own, whose generation is over immediately.
    synchronized Waiter takeSilent() {
        Waiter silent = null;
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
