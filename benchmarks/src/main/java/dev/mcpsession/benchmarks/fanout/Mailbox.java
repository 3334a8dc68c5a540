package dev.mcpsession.benchmarks.fanout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Turns a callback into a blocking reader as cheaply as possible: a ring for one producer and one consumer, allocated on first use.
/// Designs without a blocking reader use it, so that no slow adapter distorts their figures.
final class Mailbox implements FanOut.Reader {

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    private final LongAdder lost;
    private volatile Object[] slots;
    private volatile Thread waiter;
    private int head; // the producer's
    private int tail; // the consumer's

    Mailbox(LongAdder lost) {
        this.lost = lost;
    }

    /// Adds an event, or counts it as lost if there is no room. Called by one thread at a time.
    void put(Object event) {
        if (slots == null) slots = new Object[SingleLockFanOut.BUFFER];
        var at = head & SingleLockFanOut.BUFFER - 1;
        if (SLOT.getVolatile(slots, at) != null) {
            lost.increment();
            return;
        }
        head++;
        SLOT.setVolatile(slots, at, event);
        var sleeper = waiter;
        if (sleeper != null) LockSupport.unpark(sleeper);
    }

    @Override
    public boolean poll() {
        var ring = slots;
        var at = tail & SingleLockFanOut.BUFFER - 1;
        if (ring == null || SLOT.getVolatile(ring, at) == null) return false;
        SLOT.setRelease(ring, at, null);
        tail++;
        return true;
    }

    @Override
    public void take() throws InterruptedException {
        if (poll()) return;
        waiter = Thread.currentThread();
        while (!poll()) {
            if (Thread.interrupted()) throw new InterruptedException();
            LockSupport.park(this);
        }
        waiter = null;
    }
}
