package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.BroadcasterClosedException;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZLL_Result;

/// Once a broadcaster's `close` has returned, nothing is published or delivered, even if events are waiting. Protects
/// `EventLog.requireOpen` in every way to append, and that `Reader.take` checks whether the log is closed before it looks for events.
@JCStressTest
@Outcome(id = "true, refused, #", expect = ACCEPTABLE, desc = "Closed before.")
@Outcome(id = "false, (published|refused), [A#]", expect = ACCEPTABLE, desc = "Closed meanwhile.")
@Outcome(expect = FORBIDDEN, desc = "Published or delivered after close.")
@State
public class BroadcasterCloseDuringPublish {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Subscription reader = broadcaster.subscribe(Traffic.ALL, Start.now());
    private volatile boolean isClosed;

    public BroadcasterCloseDuringPublish() {
        Traffic.publish(broadcaster, "A");
    }

    @Actor
    public void close() {
        broadcaster.close();
        isClosed = true;
    }

    @Actor
    public void publish(ZLL_Result r) {
        r.r1 = isClosed;
        r.r2 = published();
        r.r3 = reader.poll().map(Traffic::spelt).orElse("");
    }

    private String published() {
        try {
            broadcaster.publish(Traffic.event('B'));
            return "published";
        } catch (BroadcasterClosedException _) {
            return "refused";
        }
    }
}
