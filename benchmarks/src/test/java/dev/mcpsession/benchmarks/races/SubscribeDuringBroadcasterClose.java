package dev.mcpsession.benchmarks.races;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Start;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/// A subscription that is opened while the broadcaster closes ends, and does not wait permanently. Protects that
/// `Reader.isReady` checks the log after the reader has entered its stripe's list, and that `StripedBroadcaster.close` wakes readers
/// after it has closed the log.
@JCStressTest
@Outcome(id = "[!#]", expect = ACCEPTABLE, desc = "Told.")
@Outcome(expect = FORBIDDEN, desc = "Sleeps for ever.")
@State
public class SubscribeDuringBroadcasterClose {

    private final StripedBroadcaster broadcaster = Traffic.broadcaster();
    private final Sleeper sleeper = new Sleeper();

    @Actor
    public void subscribe(L_Result r) {
        r.r1 = sleeper.next(broadcaster.subscribe(Traffic.ALL, Start.now()));
    }

    @Actor
    public void close() {
        broadcaster.close();
        sleeper.watch();
    }
}
