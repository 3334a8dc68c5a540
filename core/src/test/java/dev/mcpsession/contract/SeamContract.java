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

/// Cuts clients off at any byte. They reconnect to any replica while publishers keep publishing. Checks what each client has received over
/// all its streams.
@Timeout(120)
public interface SeamContract {

    /// More events than a run publishes.
    int ALL = 1 << 16;

    /// One replica. All share sessions and events.
    record Replica(SessionStore store, Broadcaster broadcaster, SessionHandler handler) {}

    /// Opens replicas. The implementing class closes them after the test.
    ///
    /// @param kept the approximate number of events that can be replayed
    List<Replica> open(int kept) throws Exception;

    /// Advances the sessions' time.
    void elapse(Duration time);

    /// How often streams end in each way; less often where publishing waits for a disk.
    default int ends() {
        return 40;
    }

    /// The number of clients.
    default int clients() {
        return 200;
    }

    /// The number of events per publisher before the clients connect; they read these, too.
    default int before() {
        return 0;
    }

    /// The number of events per publisher while the clients read; smaller where publishing waits for a disk.
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
