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

/// A subscription whose session ends delivers what was published before, and nothing after. Protects that `LockedLog.end` sets
/// the end after the newest event, and `Reader.limit`, beyond which nothing is delivered.
@JCStressTest
@Outcome(id = "true, \\$", expect = ACCEPTABLE, desc = "Ended before.")
@Outcome(id = "false, (|A|Ab|AbC)\\$", expect = ACCEPTABLE, desc = "All up to the end.")
@Outcome(expect = FORBIDDEN, desc = "Lost before the end, or delivered after it.")
@State
public class EndSessionDuringPublish {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Subscription reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    private volatile boolean isEnded;

    @Actor
    public void end() {
        broadcaster.endSession(Traffic.SESSION);
        isEnded = true;
    }

    @Actor
    public void publish(ZL_Result r) {
        r.r1 = isEnded;
        Traffic.publish(broadcaster, "AbC");
    }

    @Arbiter
    public void read(ZL_Result r) {
        r.r2 = Traffic.drained(reader);
        broadcaster.close();
    }
}
