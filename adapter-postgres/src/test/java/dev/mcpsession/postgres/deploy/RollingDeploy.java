package dev.mcpsession.postgres.deploy;

import dev.mcpsession.contract.Await;
import dev.mcpsession.contract.BroadcasterFixture.Threads;
import dev.mcpsession.event.EventId;
import dev.mcpsession.postgres.deploy.ReplicaMain.Stop;
import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Replaces replicas behind a proxy, one after the other, under traffic. What clients notice of it are faults.
final class RollingDeploy implements AutoCloseable {

    private static final int AT_ONCE = 8; // clients that initialize
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /// Creates the proxy.
    interface Balancing {

        Proxy between(List<URI> replicas) throws IOException;
    }

    /// What is deployed.
    ///
    /// @param waiters    how many calls are in flight that only take time
    /// @param waitMillis how long each takes
    /// @param stop       how a replica stops
    /// @param resumes    whether clients resume after the last event
    record Plan(int replicas, int streams, int waiters, int waitMillis, Stop stop, boolean resumes) {}

    /// What happened.
    ///
    /// @param drained questions that ended with their replica
    /// @param gap     the longest time for which a client had no stream
    record Report(
            int streams, int events, int calls, int answered, int drained, int reopened, Duration gap, int faults, List<String> first) {}

    private final PgDatabase database = PgDatabase.create();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpClient probe = HttpClient.newHttpClient();
    private final List<Replica> replicas = new ArrayList<>();
    private final Faults faults = new Faults();
    private final Threads threads = new Threads();
    private final Plan plan;
    private final Proxy proxy;
    private final List<DeployClient> clients = new ArrayList<>();

    RollingDeploy(Plan plan, Balancing balancing) throws Exception {
        this.plan = plan;
        for (var n = 0; n < plan.replicas(); n++) replicas.add(Replica.start(database.url(), plan.stop()));
        for (var replica : replicas) awaitReady(replica);
        proxy = balancing.between(uris());
        var starting = IntStream.range(0, AT_ONCE).mapToObj(n -> threads.start(() -> clients(plan.streams(), n))).toList();
        for (var each : starting) clients.addAll(each.get());
    }

    private List<DeployClient> clients(int all, int first) throws IOException, InterruptedException {
        var some = new ArrayList<DeployClient>();
        for (var n = first; n < all; n += AT_ONCE) some.add(new DeployClient(http, proxy.endpoint(), faults, plan.resumes()));
        return some;
    }

    private List<URI> uris() throws IOException {
        var uris = new ArrayList<URI>();
        for (var replica : replicas) uris.add(replica.uri());
        return uris;
    }

    Report run(int rolls) throws Exception {
        var reading = clients.stream().map(client -> threads.start(client::read)).toList();
        awaitOpen();
        var traffic = new Traffic(clients, faults, plan.waiters(), plan.waitMillis());
        traffic.start(threads);
        Await.await(() -> "calls are in flight; noticed " + faults.first(), PATIENCE, () -> traffic.calls() >= plan.waiters());
        for (var n = 0; n < rolls; n++) roll();
        traffic.stop();
        awaitOpen();
        traffic.publish();
        settle(traffic.published(), reading);
        var gaps = clients.stream().flatMap(client -> client.gaps().stream()).toList();
        return new Report(clients.size(), traffic.published().size(), traffic.calls(), traffic.answered(), traffic.drained(), gaps.size(),
                gaps.stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO), faults.count(), faults.first());
    }

    private void awaitOpen() {
        Await.await(() -> "streams are open; noticed " + faults.first(), PATIENCE, () -> clients.stream().allMatch(DeployClient::isOpen));
    }

    /// Drains the replica that was started first, and starts another one.
    private void roll() throws Exception {
        var old = replicas.removeFirst();
        old.terminate();
        var next = Replica.start(database.url(), plan.stop());
        if (awaitNotReady(old) != 503) faults.add("a replica must not be ready before it refuses connections");
        proxy.balance(uris());
        awaitReady(next);
        replicas.add(next);
        proxy.balance(uris());
        old.awaitEnd();
    }

    private int awaitNotReady(Replica replica) throws IOException, InterruptedException {
        var status = replica.readiness(probe);
        while (status == 200) {
            Thread.sleep(20);
            status = replica.readiness(probe);
        }
        return status;
    }

    private void awaitReady(Replica replica) throws IOException, InterruptedException {
        while (replica.readiness(probe) != 200) Thread.sleep(20);
    }

    /// Waits until each client has the last event, and compares.
    private void settle(List<EventId> published, List<Future<Void>> reading) throws Exception {
        Await.await(() -> "each client has the last event", PATIENCE,
                () -> clients.stream().allMatch(client -> client.hasSeen(published.getLast())));
        clients.forEach(DeployClient::stop);
        for (var replica : replicas) replica.terminate();
        for (var replica : replicas) replica.awaitEnd();
        for (var each : reading) each.get();
        for (var client : clients) {
            var seen = client.seen();
            if (!seen.equals(published)) faults.add("a client saw " + difference(seen, published));
        }
    }

    private static String difference(List<EventId> seen, List<EventId> published) {
        var missing = published.stream().filter(id -> !seen.contains(id)).toList();
        var unordered = 0;
        for (var n = 1; n < seen.size(); n++) if (!seen.get(n).isAfter(seen.get(n - 1))) unordered++;
        return seen.size() + " of " + published.size() + " events; missing " + missing + "; out of order or twice: " + unordered;
    }

    @Override
    public void close() throws IOException {
        clients.forEach(DeployClient::stop);
        replicas.forEach(Replica::close);
        http.shutdownNow();
        probe.shutdownNow();
        threads.close();
        proxy.close();
        database.close();
    }
}
