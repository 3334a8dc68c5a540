package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Messages.LIST_TOOLS;
import static dev.mcpsession.httpserver.Endpoint.EVENTS;
import static dev.mcpsession.httpserver.Endpoint.JSON;
import static dev.mcpsession.httpserver.Endpoint.idHeader;

import dev.mcpsession.contract.Messages;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// A client that sends a request and leaves in its way. Used by one thread.
final class SlotClient implements AutoCloseable {

    private static final int SMALL = 4 << 10;
    private static final int MANY = 40_000;
    private static final int GLANCE_MILLIS = 30;
    private static final String LISTEN = Messages.listen("1", "{\"toolsListChanged\":true}");

    private final SlotCase slot;
    private final int number;
    private final Socket socket = new Socket();

    SlotClient(SlotCase slot, int number, InetSocketAddress address) throws IOException {
        this.slot = slot;
        this.number = number;
        if (slot.leaving() == SlotCase.Leaving.STALL) socket.setReceiveBufferSize(SMALL);
        socket.setTcpNoDelay(true);
        socket.connect(address);
    }

    /// Sends the request and leaves; a client that stalls or stays keeps its connection.
    void run(String session, CountDownLatch gone) throws IOException {
        try {
            socket.getOutputStream().write(request(session).getBytes(StandardCharsets.US_ASCII));
            if (readsFirst()) socket.getInputStream().read();
            leave(gone);
        } finally {
            gone.countDown();
        }
    }

    /// Streams, and answers whose first half is flushed; all others are sent only when the client has left.
    private boolean readsFirst() {
        if (slot.leaving() == SlotCase.Leaving.STALL) return false;
        return number % 2 == 0 && (slot.isStream() || slot.kind() == SlotCase.Kind.APPLICATION && !slot.isSmall());
    }

    private void leave(CountDownLatch gone) throws IOException {
        switch (slot.leaving()) {
            case CLOSE -> socket.close();
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case HALF_CLOSE -> {
                socket.shutdownOutput();
                gone.countDown();
                readForAWhile();
                socket.close();
            }
            case STALL -> {
                gone.countDown();
                if (slot.isSmall()) askOften();
            }
            case STAY -> {
                gone.countDown();
                readForAWhile();
            }
        }
    }

    private void readForAWhile() throws IOException {
        socket.setSoTimeout(GLANCE_MILLIS);
        try {
            while (socket.getInputStream().read() >= 0) Thread.onSpinWait();
        } catch (IOException _) {
            // nothing more for now, or the answer was cut
        }
    }

    /// Sends requests until the server accepts no more, because its thread is stuck or the connection cut.
    private void askOften() throws IOException {
        var requests = request("nobody").repeat(100).getBytes(StandardCharsets.US_ASCII);
        try {
            for (var i = 0; i < MANY; i += 100) socket.getOutputStream().write(requests);
        } catch (IOException _) {
            // cut, as intended
        }
    }

    private String request(String session) {
        var client = "X-Client: " + number;
        var text = switch (slot.kind()) {
            case APPLICATION -> RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader(session), client, connection());
            case BESIDE -> RawHttp.request(slot.body() == SlotAnswer.Body.TO_HEAD ? "HEAD" : "GET", "/beside", "", client, connection());
            case REPLY -> RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, idHeader("nobody"), connection());
            case REPLY_TO_HEAD -> RawHttp.request("HEAD", "/mcp", "", connection());
            case CHALLENGE -> RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, "X-Guard: refuses", connection());
            case FAULTY_CHALLENGE -> RawHttp.request("POST", "/mcp", LIST_TOOLS, JSON, "X-Guard: fails", connection());
            case STREAM -> RawHttp.request("GET", "/mcp", "", EVENTS, idHeader(session), connection());
            case LISTEN -> RawHttp.request("POST", "/mcp", LISTEN, JSON, "Accept: application/json, text/event-stream",
                    "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen", connection());
        };
        return text.replaceFirst("HTTP/1.1", slot.protocol());
    }

    /// An HTTP/1.0 client has to ask to keep the connection.
    private String connection() {
        return number % 4 < 2 && slot.leaving() != SlotCase.Leaving.STALL ? "X-Nothing: here" : "Connection: keep-alive";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
