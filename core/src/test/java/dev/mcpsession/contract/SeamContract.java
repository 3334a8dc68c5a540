package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionStore;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.http.SessionHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that are cut off at any byte and come back, at whatever replica, while publishers go on: what they have seen in the
/// end, all streams of one client put together.
@Timeout(120)
public interface SeamContract {

    /// More than a run publishes.
    int ALL = 1 << 16;

    /// Some way of serving the sessions and the events that all replicas share.
    record Replica(SessionStore store, Broadcaster broadcaster, SessionHandler handler) {}

    /// Opens replicas. Whoever implements this closes them after the test.
    ///
    /// @param kept how many events can be read back, and not many more
    List<Replica> open(int kept) throws Exception;

    /// Lets time go by for the sessions.
    void elapse(Duration time);

    /// How often streams end in each way; less often where publishing waits for a disk.
    default int ends() {
        return 40;
    }

    /// How many clients there are.
    default int clients() {
        return 200;
    }

    /// How many events each publisher has published before the clients come, who read these, too.
    default int before() {
        return 0;
    }

    /// How many it publishes while they read; fewer where publishing waits for a disk.
    default int events() {
        return 300;
    }

    @Test
    default void get_cutAtAnyByteWhilePublishersRun_isCompleteAndInOrder() throws Exception {
        try (var run = new SeamRun(open(ALL), clients())) {
            run.seen(before(), events()).forEach(run::requireComplete);
        }
    }

    @Test
    default void streams_endedInEveryWay_getWhatWasBeforeAndNothingAfter() throws Exception {
        try (var run = new EndsRun(open(ALL), this::elapse)) {
            var ways = new ArrayList<EndsRun.Way>();
            for (var n = 0; n < ends(); n++) ways.addAll(List.of(EndsRun.Way.values()));
            Collections.shuffle(ways);
            for (var way : ways) run.round(way);
        }
    }

    @Test
    default void get_cutAtAnyByteOnASmallLog_isInOrderAndToldOfEveryLoss() throws Exception {
        try (var run = new SeamRun(open(32), clients())) {
            var seen = run.seen(before(), events());

            var lost = 0L;
            for (var one : seen.entrySet()) lost += run.requireTold(one.getKey(), one.getValue());
            assertTrue(lost > clients(), "the log was small enough: " + lost);
        }
    }
}
