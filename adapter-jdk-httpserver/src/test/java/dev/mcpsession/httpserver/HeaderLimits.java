package dev.mcpsession.httpserver;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Asks with ever more headers, in a JVM in which [McpHttpServer] has set the limits.
final class HeaderLimits {

    private HeaderLimits() {}

    public static void main(String... args) throws IOException {
        try (var store = new InMemorySessionStore(SessionPolicy.DEFAULT); var sessions = SessionHandler.builder(store).build();
                var server = McpHttpServer.builder(sessions).address(new InetSocketAddress("127.0.0.1", 0))
                        .endpoint(exchange -> exchange.sendResponseHeaders(200, -1)).start()) {
            var served = Arrays.asList(
                    isServed(server, names(199)), isServed(server, names(200)), isServed(server, "X-Name: " + "v".repeat(30_000)),
                    isServed(server, "X-Name: " + "v".repeat(33_000)));
            System.out.println(served);
            System.exit(served.equals(Arrays.asList(true, false, true, false)) ? 0 : 1);
        }
    }

    /// With `Host`, there is one more.
    private static String[] names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "X-Name-" + i + ": v").toArray(String[]::new);
    }

    private static boolean isServed(McpHttpServer server, String... headers) {
        try {
            return RawHttp.exchange(server.address(), RawHttp.request("GET", "/elsewhere", "", headers)).status() == 404;
        } catch (IOException _) {
            return false;
        }
    }
}
