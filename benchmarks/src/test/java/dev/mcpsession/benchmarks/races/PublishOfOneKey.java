package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZL_Result;

/// A key is published once, and both publishers get the same id. Protects that `LockedLog.append` looks for the key and adds it
/// under one lock.
@JCStressTest
@Outcome(id = "true, A", expect = ACCEPTABLE, desc = "One event, one id.")
@Outcome(expect = FORBIDDEN, desc = "Published twice, or not at all.")
@State
public class PublishOfOneKey {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Subscription reader = broadcaster.subscribe(Traffic.ALL, Start.now());
    private EventId one;
    private EventId other;

    @Actor
    public void publish() {
        one = broadcaster.publish("key", Traffic.event('A'));
    }

    @Actor
    public void publishToo() {
        other = broadcaster.publish("key", Traffic.event('A'));
    }

    @Arbiter
    public void read(ZL_Result r) {
        r.r1 = one.equals(other);
        r.r2 = Traffic.drained(reader);
        broadcaster.close();
    }
}
