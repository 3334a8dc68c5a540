package dev.mcpsession.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.contract.Messages;
import dev.mcpsession.http.ProtocolVersion;
import dev.mcpsession.json.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The reference server, limited to one era.
class RevisionsTest {

    private static Json.Obj body(HttpResponse<String> response) {
        return (Json.Obj) Json.parse(response.body());
    }

    private static Optional<String> code(Json.Obj body) {
        return body.object("error").flatMap(error -> error.get("code")).map(Json::toString);
    }

    private static Optional<Json> supported(Json.Obj body) {
        return body.object("error").flatMap(error -> error.object("data")).flatMap(data -> data.get("supported"));
    }

    private static HttpResponse<String> initialize(RunningServer server, String version) throws Exception {
        return server.send(HttpRequest.newBuilder(server.uri("/mcp")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Messages.initialize(version))));
    }

    private static Optional<String> agreed(HttpResponse<String> response) {
        return body(response).object("result").flatMap(result -> result.string("protocolVersion"));
    }

    @Test
    void discover_ofAServerWithSessionsAlone_tellsItsRevisions() throws Exception {
        try (var server = new RunningServer("--revisions", "2025-06-18,2025-11-25")) {
            var response = server.stateless("token", "server/discover", "", null);

            assertEquals(400, response.statusCode());
            assertEquals(Optional.of("-32022"), code(body(response)));
            assertEquals(Optional.of(Json.parse("[\"2025-11-25\",\"2025-06-18\"]")), supported(body(response)));
            assertEquals(Optional.of(Json.Num.of(1)), body(response).get("id"));
            assertEquals(Optional.of("2025-06-18"), agreed(initialize(server, "2025-06-18")));
            assertEquals(Optional.of("2025-11-25"), agreed(initialize(server, "2025-03-26")), "not served");
        }
    }

    @Test
    void initialize_ofAServerWithoutSessions_tellsItsRevisions() throws Exception {
        try (var server = new RunningServer("--revisions", "2026-07-28")) {
            var response = initialize(server, "2025-11-25");

            assertEquals(400, response.statusCode());
            assertTrue(response.headers().firstValue("Mcp-Session-Id").isEmpty());
            assertEquals(Optional.of("-32022"), code(body(response)));
            assertEquals(Optional.of(Json.parse("[\"2026-07-28\"]")), supported(body(response)));
            assertEquals(405, server.send(HttpRequest.newBuilder(server.uri("/mcp"))).statusCode());
            var discovered = body(server.stateless("token", "server/discover", "", null)).object("result").orElseThrow();
            assertEquals(Optional.of(Json.parse("[\"2026-07-28\"]")), discovered.get("supportedVersions"));
            assertTrue(server.listen("1", "{}").next().contains("acknowledged"));
        }
    }

    @Test
    void discover_ofAServerOfBothEras_tellsAllRevisions() throws Exception {
        try (var server = new RunningServer()) {
            var discovered = body(server.stateless("token", "server/discover", "", null)).object("result").orElseThrow();

            var versions = ((Json.Arr) discovered.get("supportedVersions").orElseThrow()).items();
            assertEquals(ProtocolVersion.served().stream().map(ProtocolVersion::toString).toList(),
                    versions.stream().map(version -> ((Json.Str) version).value()).toList());
        }
    }
}
