package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which requests are refused before anything else is checked.
class DoorTest {

    private static final String ORIGIN = "http://localhost:3000";

    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void refuseEarly_soundRequest_mayGoOnWhateverElseIsWrongWithIt() {
        for (var request : Stream.of(TestRequest.post(), TestRequest.get(), TestRequest.of("PUT"), TestRequest.of("OPTIONS")).toList()) {
            assertEquals(Optional.empty(), endpoint.handler.refuseEarly(request), request::toString);
            assertEquals(Optional.empty(), endpoint.handler.refuseEarly(request.with("Origin", ORIGIN)), request::toString);
        }
    }

    @Test
    void refuseEarly_eachRefusal_isThatOfDecide() {
        for (var request : Stream.of(TestRequest.post().withPath("/other"), TestRequest.get().without("Host"), TestRequest.delete().replacing("Host", "x"),
                TestRequest.of("OPTIONS").with("Origin", "http://x"), TestRequest.of("PUT").with("Origin", "http://x")).toList()) {
            var early = endpoint.handler.refuseEarly(request).orElseThrow();
            var decided = endpoint.reply(request);

            assertEquals(decided.status(), early.status(), request::toString);
            assertEquals(decided.headers(), early.headers());
            assertEquals(Endpoint.body(decided), Endpoint.body(early));
        }
    }

    @Test
    void decide_whatever_variesByOrigin() {
        var id = endpoint.used(Endpoint.ALICE);

        for (var request : Stream.of(TestRequest.get(), TestRequest.of("PUT"), TestRequest.of("OPTIONS"), TestRequest.get().withPath("/x"),
                TestRequest.get().without("Host"), TestRequest.get().with("Origin", "http://x"), TestRequest.post(TestRequest.PING)).toList()) {
            assertEquals("Origin", endpoint.reply(request).headers().get("Vary"), request::toString);
            assertFalse(endpoint.reply(request).headers().containsKey("Access-Control-Allow-Origin"), request::toString);
        }
        var fromPage = endpoint.reply(TestRequest.get().withPath("/x").with("Origin", ORIGIN));
        assertEquals("Origin", fromPage.headers().get("Vary"));
        assertEquals(ORIGIN, fromPage.headers().get("Access-Control-Allow-Origin"));
        var forward = endpoint.forward(TestRequest.post().within(id).by(Endpoint.ALICE));
        assertEquals("Origin", forward.headers().get("Vary"));
        forward.completed(200);
        var stream = endpoint.stream(TestRequest.get().within(id).by(Endpoint.ALICE));
        assertEquals("Origin", stream.headers().get("Vary"));
        stream.stream().close();
    }

    @Test
    void refuse_againAndAgain_isLoggedOnceAMinuteForEachHeader() {
        var lines = new Lines();
        var door = new Door(new Rules("/mcp", HostPolicy.LOOPBACK, Limits.DEFAULT, Set.of(ProtocolVersion.values()), Rules.Streams.BOTH), lines);

        for (var i = 0; i < 10; i++) {
            door.refuse(TestRequest.get().replacing("Host", "proxy.internal:8080"));
            door.refuse(TestRequest.get().with("Origin", "http://\u001b[31m" + "x".repeat(100)));
            door.refuse(TestRequest.get().without("Host"));
            door.refuse(TestRequest.get().withPath("/x"));
        }

        assertEquals(List.of(
                "Host is not allowed: \"proxy.internal:8080\"; to allow it, name it in the HostPolicy (--allow-host of the reference server); "
                        + "1 requests refused so far",
                "Origin is not allowed: \"http://?[31m" + "x".repeat(52) + "\"; to allow it, name it in the HostPolicy (--allow-origin of the "
                        + "reference server); 2 requests refused so far"), lines.all());
    }
}
