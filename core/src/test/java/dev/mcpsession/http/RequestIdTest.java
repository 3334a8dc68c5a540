package dev.mcpsession.http;

import static dev.mcpsession.http.Endpoint.ALICE;
import static dev.mcpsession.http.Endpoint.BOB;
import static dev.mcpsession.http.TestRequest.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// An error carries the id of its request if the body was read, and null if not.
class RequestIdTest {

    private static final Optional<Json> SEVEN = Optional.of(Json.Num.of(7));
    private static final Optional<Json> NULL = Optional.of(Json.NULL);
    private static final String INITIALIZE = TestRequest.initialize("7", TestRequest.PARAMS);
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}";

    private static void assertAnswers(Optional<Json> id, int status, Decision.Reply reply) {
        assertEquals(status, reply.status());
        assertEquals(id, Endpoint.body(reply).get("id"), () -> Endpoint.body(reply).toString());
        assertEquals(List.of("jsonrpc", "id", "error"), List.copyOf(Endpoint.body(reply).members().keySet()));
    }

    @Test
    void decide_challenge_answersTheIdThatWasRead() {
        try (var endpoint = new Endpoint(builder -> builder.owners(OwnerResolver.authenticated(OwnerResolver.standard(), "Bearer")))) {
            assertAnswers(SEVEN, 401, endpoint.reply(post(INITIALIZE)));
            assertAnswers(SEVEN, 401, endpoint.reply(TestRequest.listen("7", "{\"toolsListChanged\":true}")));
            assertAnswers(NULL, 401, endpoint.reply(post(PING).within(SessionId.random())));
            assertAnswers(NULL, 401, endpoint.reply(TestRequest.get()));
        }
    }

    @Test
    void decide_noSession_answersTheIdThatWasRead() {
        try (var endpoint = new Endpoint()) {
            for (var id : List.of(SessionId.random().value(), "no id", endpoint.used(BOB).value())) {
                assertAnswers(SEVEN, 404, endpoint.reply(post(PING).within(id).by(ALICE)));
                assertAnswers(NULL, 404, endpoint.reply(post("[" + PING + "]").within(id).by(ALICE)));
                assertAnswers(NULL, 404, endpoint.reply(TestRequest.get().within(id).by(ALICE)));
            }
            assertAnswers(SEVEN, 400, endpoint.reply(post(PING)));
            assertAnswers(NULL, 400, endpoint.reply(post("[" + PING + "]")));
        }
    }

    @Test
    void decide_unavailable_answersTheIdThatWasRead() {
        try (var endpoint = new Endpoint(builder -> builder.limits(Limits.builder().maxStreams(1).build()))) {
            var listen = TestRequest.listen("7", "{\"toolsListChanged\":true}");
            var open = endpoint.stream(listen);

            var full = endpoint.reply(listen);
            assertAnswers(SEVEN, 503, full);
            assertEquals(-32603, Endpoint.code(full));
            open.stream().close();
            endpoint.handler.close(Duration.ZERO);
            assertAnswers(SEVEN, 503, endpoint.reply(post(INITIALIZE)));
            assertAnswers(SEVEN, 503, endpoint.reply(listen));
        }
    }

    @Test
    void requestId_forward_isThatOfTheBodyThatWasRead() {
        try (var endpoint = new Endpoint()) {
            var created = endpoint.forward(post(INITIALIZE));
            var unread = endpoint.forward(post().within(endpoint.used(ALICE)).by(ALICE));
            var stateless = endpoint.forward(TestRequest.stateless("tools/list", "").with("Origin", "http://localhost"));

            assertEquals(SEVEN, created.requestId());
            assertTrue(unread.requestId().isEmpty());
            assertEquals(Optional.of(Json.Num.of(1)), stateless.requestId());
            List.of(created, unread, stateless).forEach(forward -> forward.completed(500));
        }
    }

    /// The revision reserves the codes from -32019 to -32000.
    @Test
    void decide_refusedRequestOfThatRevision_hasNoCodeOfItsPredecessors() {
        try (var endpoint = new Endpoint(builder -> builder.limits(Limits.builder().maxBodyBytes(2_000).maxListenBytes(600).build()))) {
            var sound = TestRequest.listen("7", "{\"toolsListChanged\":true}");

            for (var request : List.of(sound.withPath("/x"), sound.without("Host"), sound.replacing("Host", "x"), sound.with("Origin", "x"),
                    sound.withMethod("PUT"), sound.withMethod("GET"), sound.withMethod("DELETE"), sound.without("Content-Type"),
                    sound.withBody(" ".repeat(3_000)), sound.withBody("{"), sound.withBody("[]"), sound.without(McpHeaders.METHOD),
                    sound.replacing("Accept", "application/json"), sound.with("Authorization", "Basic x"),
                    TestRequest.listen("7", "[]"), TestRequest.listen("7", "{\"x\":\"" + "x".repeat(600) + "\"}"))) {
                var code = Endpoint.code(endpoint.reply(request));
                assertTrue(code < -32019 || code > -32000, () -> code + " for " + request);
            }
        }
    }
}
