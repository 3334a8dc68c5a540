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

/// A reader that resumes gets all that followed, without gap or duplicate where what is read back meets what is published
/// meanwhile. Protects the lock of `LockedLog.open`: without it, an addressed event is both found in the ring and added to the inbox,
/// or neither. Exercises `Inbox.prepend`, which runs without that lock.
@JCStressTest
@Outcome(id = "aBcDe", expect = ACCEPTABLE, desc = "Everything, once.")
@Outcome(expect = FORBIDDEN, desc = "Lost, doubled, or out of order.")
@State
public class ResumeDuringPublish {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private Subscription reader;

    public ResumeDuringPublish() {
        Traffic.publish(broadcaster, "aB");
    }

    @Actor
    public void resume() {
        reader = broadcaster.subscribe(Traffic.OF_SESSION, Start.after(Traffic.START));
    }

    @Actor
    public void publish() {
        Traffic.publish(broadcaster, "cDe");
    }

    @Arbiter
    public void read(L_Result r) {
        r.r1 = Traffic.drained(reader);
        broadcaster.close();
    }
}
