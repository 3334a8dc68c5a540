package dev.mcpsession.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.event.Event;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whatever the request, a handler gives one of its allowed answers, and its count of what is under way stays right.
class SessionHandlerFuzzTest {

    private static final int REQUESTS = 200_000;
    private static final int MAX_SESSIONS = 100;
    private static final int MAX_UNDER_WAY = 50;
    private static final Limits LIMITS = Limits.builder().maxStreams(5).maxBodyBytes(2_000).maxInitializeBytes(1_000)
            .maxListensPerOwner(1).maxListenBytes(500).maxListenResources(2).build();
    private static final Set<Integer> STATUSES = Set.of(204, 400, 401, 403, 404, 405, 406, 413, 415, 503);
    private static final Set<Integer> WITHOUT_BODY = Set.of(204);

    private static final List<String> METHODS = List.of("POST", "POST", "POST", "GET", "GET", "DELETE", "OPTIONS", "PUT", "post", "");
    private static final List<String> PATHS = List.of("/mcp", "/mcp/", "/", "", "/MCP", "/mcp\r\nX: y");
    private static final List<String> OWNERS = List.of("", "alice", "bob", "carol", "d\u0000d", "e\r\nX: y");
    private static final List<Choice> HEADERS = List.of(
            new Choice("Host", List.of("localhost", "[::1]:1", "evil.example", "", "localhost\r\nX: y")),
            new Choice("Origin", List.of("http://localhost:3000", "HTTP://[::1]", "null", "", "http://localhost\r\nX: y")),
            new Choice("Content-Type", List.of("application/json", "APPLICATION/json;a=\r\n", "text/plain", "", ";")),
            new Choice("Accept", List.of("text/event-stream", "application/json, text/event-stream", "*/*", "", ",;,")),
            new Choice("Authorization", List.of("Bearer a", "Bearer a, Bearer a", "bearer b", "bearer b\r\nX: y", "Bearer ", "Basic x", "")),
            new Choice("X-API-Key", List.of("k", "a b", "", "\r\n")),
            new Choice("MCP-Protocol-Version", List.of("2025-11-25", "2025-03-26", "2026-07-28", "", "x\r\nX: y")),
            new Choice("Mcp-Method", List.of("tools/call", "subscriptions/listen", "", "=?base64?YQ==?=", "a\r\nX: y")),
            new Choice("Mcp-Name", List.of("n", "=?base64?bg==?=", "=?base64?!?=", "", "a\r\nX: y")),
            new Choice("Mcp-Session-Id", List.of("", "a b", "unknown", "x".repeat(129), "a\r\nX: y")),
            new Choice("Last-Event-ID", List.of("mcps-ab-1", "mcps-0-0", "mcps-ab-99999999999999999", "ab-1", "", "x".repeat(10_000), "mcps-ab-1\r\n")));
    private static final List<TestRequest> STATELESS = List.of(
            TestRequest.stateless("tools/call", "\"name\":\"n\",").with("Mcp-Name", "n"),
            TestRequest.stateless("tools/call", ""),
            TestRequest.listen("1", "{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a\",\"b\",\"c\"]}"),
            TestRequest.listen("\"\\r\\n\"", "{}"),
            TestRequest.listen("2", "{\"resourceSubscriptions\":[\"" + "u".repeat(500) + "\"]}"),
            TestRequest.listen("3", "[]"));
    private static final List<String> BODIES = List.of(TestRequest.INITIALIZE, TestRequest.PING,
            TestRequest.initialize("\"\\r\\n\"", "{\"protocolVersion\":\"\\r\\nX: y\",\"clientInfo\":{\"name\":\"\\ud800\"}}"),
            "{\"jsonrpc\":\"2.0\",\"id\":12345678901234567890,\"method\":\"tools/list\",\"params\":{\"_meta\":"
                    + "{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}",
            "[" + TestRequest.INITIALIZE + "]", "[]", "", "null", "{\"id\":{\"id\":[]}}", "[".repeat(100), " ".repeat(3_000),
            TestRequest.INITIALIZE + " ".repeat(1_000));

    private record Choice(String name, List<String> values) {}

    private final Random random = new Random(20251125);
    private final HandClock clock = new HandClock();
    private final InMemorySessionStore store = new InMemorySessionStore(
            SessionPolicy.builder().maxSessions(MAX_SESSIONS).maxSessionsPerOwner(10).build(), clock);
    private final List<String> ids = new ArrayList<>();
    private final ArrayDeque<Decision> underWay = new ArrayDeque<>();
    private final Set<Integer> seen = new HashSet<>();
    private final Set<StreamEnd> ends = EnumSet.noneOf(StreamEnd.class);
    private int forwards;

    @Test
    void decide_anything_isAnsweredAndAccountedFor() throws IOException {
        try (var broadcaster = new StripedBroadcaster();
                var handler = SessionHandler.builder(store).broadcaster(broadcaster).limits(LIMITS)
                        .owners(this::resolved).build()) {
            for (var i = 0; i < REQUESTS; i++) {
                var request = request();
                check(request, assertDoesNotThrow(() -> handler.decide(request), request::toString));
                assertEquals(underWay.size(), handler.stats().underWay());
                if (underWay.size() >= MAX_UNDER_WAY) end(handler, broadcaster, underWay.poll());
                if (random.nextInt(20) == 0) pass(broadcaster);
            }
            while (!underWay.isEmpty()) end(handler, broadcaster, underWay.poll());

            assertEquals(0, handler.stats().underWay());
            assertEquals(0, handler.stats().streams().open());
            assertEquals(0, broadcaster.subscriberCount());
            assertEquals(0, handler.stats().storeFailures());
        }
        assertEquals(STATUSES, seen);
        assertTrue(forwards > 1_000, () -> "only " + forwards + " were forwarded");
        assertEquals(EnumSet.of(StreamEnd.CLIENT_GONE, StreamEnd.SESSION_ENDED, StreamEnd.TAKEN_OVER, StreamEnd.DRAINED,
                StreamEnd.OWNER_LIMIT), ends);
    }

    private OwnerResolver.Resolution resolved(Request request) {
        return request.headers("X-API-Key").size() > 1
                ? new OwnerResolver.Resolution.Challenge(401, "Bearer")
                : OwnerResolver.standard().resolve(request);
    }

    private void pass(StripedBroadcaster broadcaster) {
        broadcaster.publish(Event.of(pick(List.of("notifications/message", "notifications/tools/list_changed"))));
        clock.advance(Duration.ofSeconds(random.nextInt(10)));
        if (ids.size() > MAX_SESSIONS) ids.subList(0, MAX_SESSIONS / 2).clear();
        assertTrue(store.heldCount() <= MAX_SESSIONS);
    }

    private void check(Request request, Decision decision) {
        switch (decision) {
            case Decision.Reply reply -> check(request, reply);
            case Decision.Forward forward -> {
                forwards++;
                checkHeaders(forward.headers());
                Optional.ofNullable(forward.headers().get(McpHeaders.SESSION_ID)).ifPresent(ids::add);
                underWay.add(forward);
            }
            case Decision.Stream stream -> {
                checkHeaders(stream.headers());
                underWay.add(stream);
            }
        }
    }

    private void check(Request request, Decision.Reply reply) {
        assertTrue(STATUSES.contains(reply.status()), () -> reply.status() + " for " + request);
        seen.add(reply.status());
        checkHeaders(reply.headers());
        if (WITHOUT_BODY.contains(reply.status())) assertEquals(0, reply.body().length);
        else Endpoint.code(reply);
    }

    private static void checkHeaders(Map<String, String> headers) {
        headers.forEach((name, value) -> assertTrue(value.chars().allMatch(c -> c >= 0x20 && c <= 0x7E), () -> name + ": " + value));
    }

    private void end(SessionHandler handler, StripedBroadcaster broadcaster, Decision decision) {
        switch (decision) {
            case Decision.Forward forward -> {
                forward.completed(random.nextInt(100, 600));
                if (random.nextInt(10) == 0) forward.completed(random.nextInt(100, 600));
            }
            case Decision.Stream(_, var stream) -> {
                if (random.nextBoolean()) stream.close();
                else ends.add(written(broadcaster, stream));
            }
            case Decision.Reply reply -> throw new AssertionError("a reply is never under way: " + reply);
        }
    }

    private StreamEnd written(StripedBroadcaster broadcaster, EventStream stream) {
        return switch (random.nextInt(3)) {
            case 0 -> stream.writeTo(new BrokenPipe());
            case 1 -> {
                stream.end(StreamEnd.DRAINED);
                yield stream.writeTo(new ByteArrayOutputStream());
            }
            default -> {
                stream.session().ifPresentOrElse(broadcaster::endSession, () -> stream.end(StreamEnd.DRAINED));
                yield stream.writeTo(new ByteArrayOutputStream());
            }
        };
    }

    private static final class BrokenPipe extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            throw new IOException("broken pipe");
        }
    }

    private TestRequest request() {
        if (random.nextInt(6) == 0) return stateless();
        var request = new TestRequest(random.nextInt(20) == 0 ? pick(METHODS) : pick(METHODS.subList(0, 6)),
                random.nextInt(20) == 0 ? pick(PATHS) : "/mcp", List.of(), Optional.of(pick(OWNERS)), body());
        for (var header : HEADERS) request = withSome(request, header.name, header.values);
        return request;
    }

    /// {@return a valid request of 2026-07-28, sometimes with one header added, repeated or removed}
    private TestRequest stateless() {
        var request = pick(STATELESS).by(pick(OWNERS));
        var odd = pick(HEADERS);
        return switch (random.nextInt(6)) {
            case 0 -> request.with(odd.name, pick(odd.values));
            case 1 -> request.without(odd.name);
            case 2 -> request.replacing(odd.name, mutated(pick(odd.values)));
            case 3 -> request.withBody(mutated(new String(request.body(), UTF_8)));
            default -> request;
        };
    }

    /// {@return mostly the right value or none, sometimes an odd one or two}
    private TestRequest withSome(TestRequest request, String name, List<String> values) {
        return switch (random.nextInt(40)) {
            case 0 -> request;
            case 1 -> request.with(name, pick(values)).with(name.toLowerCase(Locale.ROOT), pick(values));
            case 2, 3 -> request.with(name, mutated(pick(values)));
            case 4, 5, 6 -> request.with(name, pick(values));
            default -> isRightToHave(request, name) ? request.with(name, usual(name, values)) : request;
        };
    }

    private boolean isRightToHave(TestRequest request, String name) {
        return switch (name) {
            case "Host", "Content-Type", "Accept" -> true;
            case "Mcp-Session-Id" -> !request.method().equals("POST") || random.nextBoolean();
            default -> false;
        };
    }

    private String usual(String name, List<String> values) {
        if (!name.equals("Mcp-Session-Id") || ids.isEmpty()) return values.getFirst();
        return random.nextBoolean() ? ids.getLast() : pick(ids); // the newest more often, so that its streams meet
    }

    private byte[] body() {
        var bytes = (random.nextInt(3) == 0 ? TestRequest.INITIALIZE : pick(BODIES)).getBytes(UTF_8);
        for (var changes = random.nextInt(4) == 0 ? random.nextInt(4) : 0; changes > 0 && bytes.length > 0; changes--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private String mutated(String value) {
        var at = random.nextInt(value.length() + 1);
        return value.substring(0, at) + (char) random.nextInt(256) + value.substring(at);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
