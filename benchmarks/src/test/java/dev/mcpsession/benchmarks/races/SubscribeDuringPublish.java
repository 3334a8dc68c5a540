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
import org.openjdk.jcstress.infra.results.ZL_Result;

/// A subscription sees every event from some moment on, broadcast and addressed alike, and that moment is not after `subscribe`
/// returned. Protects the lock of `LockedLog.open`: without it, a reader gets its cursor at one moment and its place in the index at
/// another.
@JCStressTest
@Outcome(id = "(true|false), AbC", expect = ACCEPTABLE, desc = "All came after it.")
@Outcome(id = "false, (bC|C|)", expect = ACCEPTABLE, desc = "It came between them, or after all.")
@Outcome(expect = FORBIDDEN, desc = "An event is missing, or out of order.")
@State
public class SubscribeDuringPublish {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private volatile Subscription reader;

    @Actor
    public void subscribe() {
        reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    }

    @Actor
    public void publish(ZL_Result r) {
        r.r1 = reader != null;
        Traffic.publish(broadcaster, "AbC");
    }

    @Arbiter
    public void read(ZL_Result r) {
        r.r2 = Traffic.drained(reader);
        broadcaster.close();
    }
}
