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

/// Cuts clients off at any byte, lets them reconnect to any replica while publishers keep publishing, and checks what each client
/// has received over all its streams.
@Timeout(120)
public interface SeamContract {

    /// More than a run publishes.
    int ALL = 1 << 16;

    /// A replica, which shares sessions and events with the others.
    record Replica(SessionStore store, Broadcaster broadcaster, SessionHandler handler) {}

    /// Opens replicas. The implementing class closes them after the test.
    ///
    /// @param kept about how many events can be read back
    List<Replica> open(int kept) throws Exception;

    /// Lets time pass for the sessions.
    void elapse(Duration time);

    /// How often streams end in each way; fewer times where publishing waits for a disk.
    default int ends() {
        return 40;
    }

    /// How many clients there are.
    default int clients() {
        return 200;
    }

    /// How many events each publisher publishes before the clients connect; they read these, too.
    default int before() {
        return 0;
    }

    /// How many each publishes while they read; fewer where publishing waits for a disk.
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
