package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.Await;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.postgres.server.PgDatabase;
import dev.mcpsession.postgres.server.PgServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/// The primary is killed while two replicas publish and read, its standby is promoted, and then the other way round: with an asynchronous
/// standby that lacks the last commits, with one that lacks none, and with a synchronous one.
///
/// Each happens once; `-Dfailover.rounds=10` repeats it.
@Timeout(580)
class FailoverTest {

    private static final int ROUNDS = Integer.getInteger("failover.rounds", 1);
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(20); // on a busy machine
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20); // the same
    private static final BroadcasterOptions BOUNDS = BroadcasterOptions.builder().ringEntries(1 << 16).build();

    /// What the standby lacks when it is promoted.
    private enum Standby { BEHIND, ASYNCHRONOUS, SYNCHRONOUS }

    @Test
    void failover_backAndForth_losesNothingSilently() throws Exception {
        var first = PgServer.start();
        try (first; var second = first.standby()) {
            var database = PgDatabase.on(first);
            var url = database.url().replaceFirst("(127.0.0.1:\\d+)", "$1,127.0.0.1:" + second.port()) + "&targetServerType=primary";
            try (var here = open(url); var there = open(url);
                    var traffic = new Traffic(List.of(here.broadcaster(), there.broadcaster()), PAUSE)) {
                var isSecond = false; // the primary
                for (var round = 0; round < ROUNDS; round++) {
                    for (var standby : Standby.values()) {
                        failOver(isSecond ? second : first, isSecond ? first : second, standby, traffic);
                        isSecond = !isSecond;
                    }
                }
            }
        }
    }

    private static void failOver(PgServer primary, PgServer standby, Standby kind, Traffic traffic) throws InterruptedException {
        var streaming = "select count(*) from pg_stat_replication where state = 'streaming'";
        if (kind == Standby.SYNCHRONOUS) {
            primary.set("synchronous_standby_names", "*");
            streaming += " and sync_state = 'sync'";
        }
        awaitOne(primary, streaming);
        if (kind != Standby.BEHIND) traffic.settle(); // published since
        if (kind == Standby.BEHIND) {
            standby.set("primary_conninfo", "");
            Await.await("the standby is cut off", () -> standby.ask("select count(*) from pg_stat_wal_receiver").equals("0"));
        }
        traffic.back(System.nanoTime());
        Thread.sleep(200); // more events

        primary.kill();
        standby.promote();
        var promoted = System.nanoTime();
        var back = traffic.back(promoted);
        if (kind == Standby.BEHIND) traffic.awaitTold(); // also where a reader has what the standby lacks
        var settled = traffic.settle();

        System.out.println("failover to a standby, " + kind + ": publishing was back after " + back + "; " + settled);
        assertTrue(back.compareTo(BACK_WITHIN) < 0, () -> "publishing was back after " + back);
        if (kind == Standby.SYNCHRONOUS) assertEquals(0, settled.lost() + settled.told(), settled::toString);
        primary.follow(standby);
    }

    private static void awaitOne(PgServer server, String question) {
        Await.await(question, () -> server.ask(question).equals("1"));
    }

    private static Backend open(String url) {
        return Backend.open(url, SessionPolicy.DEFAULT, BOUNDS).orElseThrow();
    }

    @Test
    @Timeout(60)
    void splitBrain_listenerOnTheOldPrimary_readsByPolling() throws Exception {
        var old = PgServer.start();
        try (old; var promoted = old.standby()) {
            var database = PgDatabase.on(old);
            PostgresSchema.create(database.dataSource());
            var statements = source(database.url());
            try (var divided = new PostgresBroadcaster(statements, source(database.url()), BOUNDS, PostgresOptions.DEFAULT)) {
                awaitOne(old, "select count(*) from pg_stat_replication where replay_lsn >= pg_current_wal_flush_lsn()");
                promoted.promote();
                statements.setPortNumbers(new int[] {promoted.port()});
                try (var other = new PostgresBroadcaster(statements, statements, BOUNDS, PostgresOptions.DEFAULT);
                        var reader = divided.subscribe(EventFilter.all(), Start.now())) {
                    Await.await(() -> "polling", NOTICED_WITHIN, divided::isPolling);
                    for (var publisher : List.of(other, divided, other)) {
                        var id = publisher.publish(Event.of("test/event"));
                        while (!(reader.next() instanceof Delivery.Next(var next, _) && next.equals(id))) Thread.onSpinWait();
                    }
                    divided.subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now()).close();
                    assertFalse(other.isPolling());
                }
            }
        }
    }

    private static PGSimpleDataSource source(String url) {
        var source = new PGSimpleDataSource();
        source.setURL(url);
        return source;
    }
}
