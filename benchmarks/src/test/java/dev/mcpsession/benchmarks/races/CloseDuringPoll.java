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

/// Nothing is delivered after a subscription's `close` has returned, even if events are waiting. Protects that `Reader.take` checks
/// whether it is closed before it looks for events, and that `Reader.close` sets the flag before anything else.
@JCStressTest
@Outcome(id = "true, !", expect = ACCEPTABLE, desc = "Closed before.")
@Outcome(id = "false, (A|!)", expect = ACCEPTABLE, desc = "Closed meanwhile.")
@Outcome(expect = FORBIDDEN, desc = "Delivered after close.")
@State
public class CloseDuringPoll {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Subscription reader = broadcaster.subscribe(Traffic.ALL, Start.now());
    private volatile boolean isClosed;

    public CloseDuringPoll() {
        Traffic.publish(broadcaster, "A");
    }

    @Actor
    public void close() {
        reader.close();
        isClosed = true;
    }

    @Actor
    public void poll(ZL_Result r) {
        r.r1 = isClosed;
        r.r2 = reader.poll().map(Traffic::spelt).orElse("");
    }

    @Arbiter
    public void end() {
        broadcaster.close();
    }
}
