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
import org.openjdk.jcstress.infra.results.LL_Result;

/// Where a newer subscription of a session takes over, each event is delivered on one side of the seam, whether it is broadcast or
/// addressed. Protects the lock of `LockedLog.open`, under which the older one gets its end and the newer one its start.
@JCStressTest
@Outcome(id = "(>, AbC|A>, bC|Ab>, C|AbC>, )", expect = ACCEPTABLE, desc = "One seam.")
@Outcome(expect = FORBIDDEN, desc = "Lost or doubled at the seam.")
@State
public class TakeOverDuringPublish {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Subscription older = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    private Subscription newer;

    @Actor
    public void takeOver() {
        newer = broadcaster.subscribe(Traffic.OF_SESSION, Start.now());
    }

    @Actor
    public void publish() {
        Traffic.publish(broadcaster, "AbC");
    }

    @Arbiter
    public void read(LL_Result r) {
        r.r1 = Traffic.drained(older);
        r.r2 = Traffic.drained(newer);
        broadcaster.close();
    }
}
