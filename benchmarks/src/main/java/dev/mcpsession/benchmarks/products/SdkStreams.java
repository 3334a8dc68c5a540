package dev.mcpsession.benchmarks.products;

import dev.mcpsession.benchmarks.wire.StreamEvent;
import dev.mcpsession.benchmarks.wire.StreamServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// The official SDK of MCP: its server, its servlet with sessions and streams, and `notifyClients` for all of them.
final class SdkStreams implements StreamServer {

    private final HttpServletStreamableServerTransportProvider transport =
            HttpServletStreamableServerTransportProvider.builder().mcpEndpoint(PATH).build();
    private final StreamCount count = new StreamCount();
    private final ServletContainers.Running container;

    private SdkStreams(ServletContainers.Container container) throws IOException {
        McpServer.sync(transport).capabilities(ServerCapabilities.builder().tools(true).logging().build())
                .toolCall(SdkTools.QUERY, (_, call) -> SdkTools.answer(call)).build();
        this.container = container.start(transport, count);
    }

    static SdkStreams onJetty() throws IOException {
        return new SdkStreams(ServletContainers::jetty);
    }

    static SdkStreams onTomcat() throws IOException {
        return new SdkStreams(ServletContainers::tomcat);
    }

    /// The SDK sends no head for a GET until its first event.
    @Override
    public Opening opening() {
        return Opening.SILENT_SESSION;
    }

    @Override
    public int port() {
        return container.port();
    }

    @Override
    public void publish(StreamEvent event) {
        transport.notifyClients(StreamEvent.METHOD, Map.of("level", "info", "data", event.text())).block();
    }

    @Override
    public int streams() {
        return count.open.get();
    }

    @Override
    public void close() {
        container.stop().run();
    }

    /// Counts the GET requests that the servlet has taken on.
    private static final class StreamCount implements Filter, AsyncListener {

        private final AtomicInteger open = new AtomicInteger();

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
            chain.doFilter(request, response);
            if (!((HttpServletRequest) request).getMethod().equals("GET") || !request.isAsyncStarted()) return;
            request.getAsyncContext().addListener(this);
            open.incrementAndGet();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            open.decrementAndGet();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
