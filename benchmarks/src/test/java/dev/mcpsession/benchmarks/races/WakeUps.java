package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A waiting reader is woken by every event that concerns it, at whichever step of falling asleep that arrives. Protects that
/// `Stripe.await` enters the list before it calls `Reader.isReady`, and that each of these makes its change visible before it wakes.
public final class WakeUps {

    private WakeUps() {}

    /// By a broadcast event.
    @JCStressTest
    @Outcome(id = "A", expect = ACCEPTABLE, desc = "Woken.")
    @Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
    @State
    public static class ByPublish {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster();
        private final Subscription reader = broadcaster.subscribe(Traffic.ALL, Start.now());
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void read(L_Result r) {
            r.r1 = sleeper.next(reader);
        }

        @Actor
        public void publish() {
            Traffic.publish(broadcaster, "A");
            sleeper.watch();
        }

        @Arbiter
        public void end() {
            broadcaster.close();
        }
    }

    /// By an event for its session.
    @JCStressTest
    @Outcome(id = "a", expect = ACCEPTABLE, desc = "Woken.")
    @Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
    @State
    public static class ByMail {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster();
        private final Subscription reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void read(L_Result r) {
            r.r1 = sleeper.next(reader);
        }

        @Actor
        public void publish() {
            Traffic.publish(broadcaster, "a");
            sleeper.watch();
        }

        @Arbiter
        public void end() {
            broadcaster.close();
        }
    }

    /// By the end of its session.
    @JCStressTest
    @Outcome(id = "\\$", expect = ACCEPTABLE, desc = "Woken.")
    @Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
    @State
    public static class ByEndSession {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster();
        private final Subscription reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void read(L_Result r) {
            r.r1 = sleeper.next(reader);
        }

        @Actor
        public void endSession() {
            broadcaster.endSession(Traffic.SESSION);
            sleeper.watch();
        }

        @Arbiter
        public void end() {
            broadcaster.close();
        }
    }

    /// By a newer subscription of its session.
    @JCStressTest
    @Outcome(id = ">", expect = ACCEPTABLE, desc = "Woken.")
    @Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
    @State
    public static class ByTakeOver {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster();
        private final Subscription reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void read(L_Result r) {
            r.r1 = sleeper.next(reader);
        }

        @Actor
        public void takeOver() {
            broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
            sleeper.watch();
        }

        @Arbiter
        public void end() {
            broadcaster.close();
        }
    }

    /// By its close.
    @JCStressTest
    @Outcome(id = "!", expect = ACCEPTABLE, desc = "Woken.")
    @Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
    @State
    public static class ByClose {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster();
        private final Subscription reader = broadcaster.subscribe(Traffic.ALL, Start.now());
        private final Sleeper sleeper = new Sleeper();

        @Actor
        public void read(L_Result r) {
            r.r1 = sleeper.next(reader);
        }

        @Actor
        public void close() {
            reader.close();
            sleeper.watch();
        }

        @Arbiter
        public void end() {
            broadcaster.close();
        }
    }

    /// By two publishers at once, of which one takes the whole list and the other looks for this reader alone. Exercises the
    /// lock of `Stripe`, under which one of them gets it; its breaks are seen in `StripeTest`.
    @JCStressTest
    @Outcome(id = "(Ab|bA)", expect = ACCEPTABLE, desc = "Woken by either, and then by the other or not at all.")
    @Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
    @State
    public static class ByTwo {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster();
        private final Subscription reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
        private final Sleeper first = new Sleeper();
        private final Sleeper second = new Sleeper();
        private volatile String read;

        @Actor
        public void publish() {
            Thread.startVirtualThread(() -> read = first.next(reader) + second.next(reader));
            Traffic.publish(broadcaster, "A");
        }

        @Actor
        public void publishMail() {
            Traffic.publish(broadcaster, "b");
        }

        @Arbiter
        public void end(L_Result r) {
            first.watch();
            second.watch();
            while (read == null) Thread.onSpinWait();
            r.r1 = read;
            broadcaster.close();
        }
    }
}
