package dev.mcpsession.reference.conformance;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.contract.RoundRobinProxy;
import dev.mcpsession.dialog.KeyRing;
import dev.mcpsession.memory.MemoryBackend;
import dev.mcpsession.reference.ConformanceServer;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the conformance suite tests: one server in memory, or two replicas on one database behind a load balancer without affinity.
record Site(String description, URI uri, List<ConformanceServer> servers, RoundRobinProxy balancer) implements AutoCloseable {

    private static final int REPLICAS = 2;

    /// @param database its JDBC URL; empty for one server in memory
    static Site open(Optional<String> database) throws IOException {
        if (database.isEmpty()) {
            var server = new ConformanceServer(
                    new MemoryBackend().open(Backend.MEMORY, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT), KeyRing.random());
            return new Site("One server, in memory", server.uri(), List.of(server), new RoundRobinProxy(List.of(server.uri())));
        }
        var keys = KeyRing.random();
        var servers = new ArrayList<ConformanceServer>();
        for (var i = 0; i < REPLICAS; i++) {
            servers.add(new ConformanceServer(
                    Backend.open(database.get(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow(), keys));
        }
        var balancer = new RoundRobinProxy(servers.stream().map(ConformanceServer::uri).toList());
        return new Site("Two replicas on one database, without affinity", balancer.uri("/mcp"), servers, balancer);
    }

    @Override
    public void close() throws IOException {
        balancer.close();
        servers.forEach(ConformanceServer::close);
    }
}
