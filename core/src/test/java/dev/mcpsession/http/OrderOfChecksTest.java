package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.SessionId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Of two faults of a request, the one that is checked first is answered.
class OrderOfChecksTest {

    private static final Limits LIMITS = Limits.builder().maxStreams(1).maxBodyBytes(2_000).maxInitializeBytes(1_000).build();

    private final Endpoint endpoint = new Endpoint(builder -> builder.limits(LIMITS).owners(OrderOfChecksTest::resolve));

    @AfterEach
    void close() {
        endpoint.close();
    }

    private static OwnerResolver.Resolution resolve(Request request) {
        return request.header("X-Stranger").isPresent()
                ? new OwnerResolver.Resolution.Challenge(401, "Bearer")
                : OwnerResolver.standard().resolve(request);
    }

    /// A fault of a request, and the answer to it.
    record Fault(String name, int status, int code, UnaryOperator<TestRequest> making) {

        @Override
        public String toString() {
            return name;
        }
    }

    record Pair(TestRequest sound, Fault first, Fault second) {

        @Override
        public String toString() {
            return sound.method() + ": " + first + " before " + second;
        }
    }

    private static final Fault PATH = new Fault("path", 404, -32600, request -> request.withPath("/other"));
    private static final Fault METHOD = new Fault("method", 405, -32600, request -> request.withMethod("PUT"));
    private static final Fault HOST = new Fault("host", 403, -32600, request -> request.replacing("Host", "evil.example"));
    private static final Fault NO_HOST = new Fault("no host", 400, -32600, request -> request.without("Host"));
    private static final Fault ORIGIN = new Fault("origin", 403, -32600, request -> request.with("Origin", "http://evil.example"));
    private static final Fault TYPE = new Fault("type", 415, -32600, request -> request.replacing("Content-Type", "text/plain"));
    private static final Fault TOO_LARGE = new Fault("too large", 413, -32600, request -> withMore(request, " ".repeat(2_000)));
    private static final Fault NOT_JSON = new Fault("not JSON", 400, -32700, request -> withMore(request, "!"));
    private static final Fault VERSION = new Fault("version", 400, -32022,
            request -> request.replacing(McpHeaders.PROTOCOL_VERSION, "2099-01-01"));
    private static final Fault TWO_VERSIONS = new Fault("two versions", 400, -32022,
            request -> request.replacing(McpHeaders.PROTOCOL_VERSION, "2025-11-25, 2025-06-18"));
    private static final Fault STATELESS = new Fault("stateless", 405, -32600,
            request -> request.with(McpHeaders.PROTOCOL_VERSION, "2026-07-28"));
    private static final Fault BATCH = new Fault("batch", 400, -32600, request -> withBody(request, body -> "[" + body + "]"));
    private static final Fault NO_CAPABILITIES = new Fault("no capabilities", 400, -32602,
            request -> withBody(request, body -> body.replace("clientCapabilities", "other")));
    private static final Fault MISMATCH = new Fault("mismatch", 400, -32020, request -> request.replacing(McpHeaders.METHOD, "ping"));
    private static final Fault STRANGER = new Fault("stranger", 401, -32600, request -> request.with("X-Stranger", "yes"));
    private static final Fault INITIALIZE_TOO_LARGE = new Fault("initialize too large", 413, -32600,
            request -> withMore(request, " ".repeat(1_000)));
    private static final Fault ACCEPT = new Fault("accept", 406, -32600, request -> request.replacing("Accept", "application/json"));
    private static final Fault NO_ID = new Fault("no id", 400, -32600, request -> request.without(McpHeaders.SESSION_ID));
    private static final Fault UNKNOWN = new Fault("unknown", 404, -32001, request -> request.within(SessionId.random()));
    private static final Fault MALFORMED = new Fault("malformed", 404, -32001, request -> request.within("no id"));

    private static TestRequest withMore(TestRequest request, String more) {
        return withBody(request, body -> body + more);
    }

    private static TestRequest withBody(TestRequest request, UnaryOperator<String> change) {
        return request.withBody(change.apply(new String(request.body(), StandardCharsets.UTF_8)));
    }

    static Stream<Pair> pairs() {
        var initialize = TestRequest.post(TestRequest.INITIALIZE);
        var ping = TestRequest.post(TestRequest.PING);
        var listen = TestRequest.get();
        var delete = TestRequest.delete();
        var stateless = TestRequest.stateless("tools/list", "");
        return Stream.of(
                of(initialize, PATH, NO_HOST, HOST, METHOD, TYPE, TOO_LARGE, NOT_JSON, TWO_VERSIONS, STRANGER, INITIALIZE_TOO_LARGE),
                of(initialize, PATH, ORIGIN, METHOD, TYPE, TOO_LARGE),
                of(ping, PATH, NO_HOST, HOST, METHOD, TYPE, VERSION, STRANGER, NO_ID),
                of(ping, ORIGIN, TYPE, VERSION, STRANGER, UNKNOWN),
                of(ping, ORIGIN, TYPE, VERSION, STRANGER, MALFORMED),
                of(listen, PATH, NO_HOST, HOST, METHOD, VERSION, STRANGER, ACCEPT, NO_ID),
                of(listen, PATH, ORIGIN, METHOD, VERSION, STRANGER, ACCEPT, UNKNOWN),
                of(listen, STRANGER, ACCEPT, MALFORMED),
                of(delete, PATH, NO_HOST, HOST, METHOD, VERSION, STRANGER, NO_ID),
                of(delete, PATH, ORIGIN, METHOD, VERSION, STRANGER, UNKNOWN),
                of(delete, STRANGER, MALFORMED),
                of(listen, PATH, NO_HOST, HOST, METHOD, STATELESS, STRANGER),
                of(delete, PATH, ORIGIN, METHOD, STATELESS, STRANGER),
                of(stateless, PATH, NO_HOST, HOST, METHOD, TYPE, VERSION, BATCH, STRANGER),
                of(stateless, PATH, ORIGIN, METHOD, TYPE, TOO_LARGE),
                of(stateless, TYPE, NOT_JSON, VERSION, STRANGER),
                of(stateless, TYPE, VERSION, NO_CAPABILITIES, MISMATCH, STRANGER)).flatMap(List::stream);
    }

    private static List<Pair> of(TestRequest sound, Fault... inOrder) {
        var pairs = new ArrayList<Pair>();
        for (var i = 0; i < inOrder.length; i++) {
            for (var j = i + 1; j < inOrder.length; j++) pairs.add(new Pair(sound, inOrder[i], inOrder[j]));
        }
        return pairs;
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void decide_twoFaults_theFirstAnswers(Pair pair) {
        var oneFault = endpoint.reply(pair.first.making.apply(pair.sound));
        assertEquals(pair.first.status, oneFault.status());
        if (pair.first == NO_HOST && pair.second == HOST) return; // a host cannot be both

        var reply = endpoint.reply(pair.first.making.apply(pair.second.making.apply(pair.sound)));

        assertEquals(pair.first.status, reply.status());
        assertEquals(pair.first.code, Endpoint.code(reply));
    }

    @Test
    void decide_headIsWrong_doesNotReadTheBody() {
        for (var fault : List.of(PATH, NO_HOST, HOST, METHOD, ORIGIN, TYPE)) {
            assertEquals(fault.status, endpoint.reply(fault.making.apply(TestRequest.post())).status());
        }
    }

    @Test
    void decide_draining_comesAfterAllThatIsWrongWithTheRequest() {
        endpoint.handler.close(Duration.ZERO);

        assertEquals(400, endpoint.reply(TestRequest.post(TestRequest.PING)).status());
        assertEquals(404, endpoint.reply(TestRequest.get().within(SessionId.random())).status());
        assertEquals(503, endpoint.reply(TestRequest.post(TestRequest.INITIALIZE)).status());
    }
}
