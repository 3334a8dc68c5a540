package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.Start;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JZZ_Result;
import org.openjdk.jcstress.infra.results.JZ_Result;

/// What a reader received and what it was reported to have missed add up to what was published, however it is overtaken, and what it
/// received is in order. Six events go through rings of two.
public final class Laps {

    private static final int ENTRIES = 2;
    private static final int EVENTS = 6;
    private static final int POLLS = 500; // about as long as publishing takes

    private Laps() {}

    /// Broadcast messages. Exercises `Reader.lagged`, which continues exactly where `EventLog.overrun` counted to;
    /// breaks of that are seen by the stress test in `core`.
    @JCStressTest
    @Outcome(id = "6, true", expect = ACCEPTABLE, desc = "Everything is accounted for.")
    @Outcome(expect = FORBIDDEN, desc = "Counted too little or too much, or out of order.")
    @State
    public static class OfMessages {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster(ENTRIES);
        private final Account account = new Account(broadcaster.subscribe(Traffic.ALL, Start.now()));

        @Actor
        public void publish() {
            account.awaitReader();
            Traffic.publish(broadcaster, "ABCDEF");
        }

        @Actor
        public void read() {
            account.poll(POLLS);
        }

        @Arbiter
        public void end(JZ_Result r) {
            account.finish();
            r.r1 = account.total();
            r.r2 = account.isInOrder();
            broadcaster.close();
        }
    }

    /// Broadcast signals, of which the newest heals those before it: it is delivered exactly once. Protects
    /// `Reader.recover`, which subtracts what is healed from what is missed.
    @JCStressTest
    @Outcome(id = "6, true, true", expect = ACCEPTABLE, desc = "Everything is accounted for, and healed.")
    @Outcome(expect = FORBIDDEN, desc = "Counted too little or too much, out of order, or not healed.")
    @State
    public static class OfSignals {

        private static final Event ONE = Event.of("one/list_changed");
        private static final Event OTHER = Event.of("other/list_changed");

        private final StripedBroadcaster broadcaster = Traffic.broadcaster(ENTRIES);
        private final Account account = new Account(broadcaster.subscribe(Traffic.ALL, Start.now()));

        @Actor
        public void publish() {
            account.awaitReader();
            broadcaster.publish(ONE);
            for (var n = 2; n <= EVENTS; n++) broadcaster.publish(OTHER);
        }

        @Actor
        public void read() {
            account.poll(POLLS);
        }

        @Arbiter
        public void end(JZZ_Result r) {
            account.finish();
            r.r1 = account.total();
            r.r2 = account.isInOrder();
            r.r3 = account.hasGot(1) && account.hasGot(EVENTS);
            broadcaster.close();
        }
    }

    /// Events for the reader's session. Protects `Inbox.remove`, which takes back the loss of an event that was delivered just
    /// when it was pushed out.
    @JCStressTest
    @Outcome(id = "6, true", expect = ACCEPTABLE, desc = "Everything is accounted for.")
    @Outcome(expect = FORBIDDEN, desc = "Counted too little or too much, or out of order.")
    @State
    public static class OfMail {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster(ENTRIES);
        private final Account account = new Account(broadcaster.subscribe(Traffic.OF_SESSION, Start.now()));

        @Actor
        public void publish() {
            account.awaitReader();
            Traffic.publish(broadcaster, "abcdef");
        }

        @Actor
        public void read() {
            account.poll(POLLS);
        }

        @Arbiter
        public void end(JZ_Result r) {
            account.finish();
            r.r1 = account.total();
            r.r2 = account.isInOrder();
            broadcaster.close();
        }
    }

    /// Both at once.
    @JCStressTest
    @Outcome(id = "6, true", expect = ACCEPTABLE, desc = "Everything is accounted for.")
    @Outcome(expect = FORBIDDEN, desc = "Counted too little or too much, or out of order.")
    @State
    public static class OfBoth {

        private final StripedBroadcaster broadcaster = Traffic.broadcaster(1);
        private final Account account = new Account(broadcaster.subscribe(Traffic.OF_SESSION, Start.now()));

        @Actor
        public void publish() {
            account.awaitReader();
            Traffic.publish(broadcaster, "AbCdEf");
        }

        @Actor
        public void read() {
            account.poll(POLLS);
        }

        @Arbiter
        public void end(JZ_Result r) {
            account.finish();
            r.r1 = account.total();
            r.r2 = account.isInOrder();
            broadcaster.close();
        }
    }
}
