package dev.mcpsession.postgres.deploy;

import dev.mcpsession.contract.RoundRobinProxy;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/// A reverse proxy without affinity.
interface Proxy extends AutoCloseable {

    /// The endpoint for clients.
    URI endpoint();

    /// Balances the requests to come between these replicas.
    void balance(List<URI> replicas) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;

    /// One within this process.
    static Proxy own(List<URI> replicas) throws IOException {
        var proxy = new RoundRobinProxy(replicas);
        return new Proxy() {

            @Override
            public URI endpoint() {
                return proxy.uri("/mcp");
            }

            @Override
            public void balance(List<URI> replicas) {
                proxy.balance(replicas);
            }

            @Override
            public void close() throws IOException {
                proxy.close();
            }
        };
    }
}
