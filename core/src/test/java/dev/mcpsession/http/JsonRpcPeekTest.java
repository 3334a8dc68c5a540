package dev.mcpsession.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.Client;
import dev.mcpsession.http.JsonRpcPeek.Initialize;
import dev.mcpsession.http.JsonRpcPeek.Listen;
import dev.mcpsession.http.JsonRpcPeek.Message;
import dev.mcpsession.json.Json;
import dev.mcpsession.json.JsonException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRpcPeekTest {

    private static final int MOST = 64 << 10;
    private static final int HOSTILE = 4 << 20;

    @Test
    void of_request_keepsItsIdAndVersion() {
        var peek = of("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"_meta\":"
                + "{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"},\"arguments\":{\"id\":8}}}");

        assertEquals(new JsonRpcPeek(Optional.of(Json.Num.of(7)), Optional.of("2026-07-28"), new Initialize.None(), new Listen.None(),
                Optional.of(new Message(true, "tools/call", Optional.empty(), Optional.empty(), false)), Optional.empty()), peek);
    }

    @Test
    void of_message_tellsWhatItsHeadersMirror() {
        var params = "\"params\":{\"name\":\"n\",\"uri\":\"u\",\"arguments\":{\"name\":\"x\"},"
                + "\"_meta\":{\"io.modelcontextprotocol/clientCapabilities\":{\"a\":[{}]}}}}";
        var told = new Message(true, "m", Optional.of("n"), Optional.of("u"), true);

        assertEquals(Optional.of(told), of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"," + params).message());
        assertEquals(Optional.of(new Message(false, "m", told.name(), told.uri(), true)),
                of("{\"jsonrpc\":\"2.0\",\"method\":\"m\"," + params).message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "1", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\"}",
        "{\"id\":1,\"method\":\"m\"}", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"m\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}]"})
    void of_anythingButOneRequestOrNotification_isNoMessage(String body) {
        assertEquals(Optional.empty(), of(body).message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "0", "-1", "1.0", "1e400", "12345678901234567890", "\"7\"", "\"\"", "\"\\ud800\""})
    void of_id_isKeptToTheLetter(String id) {
        assertEquals(Optional.of(Json.parse(id.getBytes(UTF_8))), of("{\"id\":" + id + "}").id());
    }

    @Test
    void of_idTooLongToBeEchoed_isNone() {
        assertEquals(1024, ((Json.Str) of("{\"id\":\"" + "x".repeat(1024) + "\"}").id().orElseThrow()).value().length());
        assertEquals(Optional.empty(), of("{\"id\":\"" + "x".repeat(1025) + "\"}").id());
        assertEquals(Optional.empty(), of("{\"id\":" + "1".repeat(1025) + "}").id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "false", "[]", "[1]", "{}", "{\"id\":1}"})
    void of_idOfAnotherType_isNone(String id) {
        var peek = of("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"m\"}");

        assertEquals(Optional.empty(), peek.id());
        assertEquals(Optional.of("id must be a string or a number, of at most 1024 characters"), peek.flaw());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":20260728}}}",
        "{\"params\":{\"_meta\":{\"protocolVersion\":\"2026-07-28\"}}}",
        "{\"params\":{\"_meta\":[{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}]}}",
        "{\"params\":[{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}]}",
        "{\"params\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}",
        "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}",
        "{\"params\":{\"arguments\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}}",
        "[{\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}]"
    })
    void of_versionElsewhere_isNone(String body) {
        assertEquals(Optional.empty(), of(body).protocolVersion());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            5                                           | body must be a JSON-RPC 2.0 message
            null                                        | body must be a JSON-RPC 2.0 message
            []                                          | body must be one message, not a batch
            [5]                                         | body must be one message, not a batch
            {}                                          | jsonrpc must be "2.0"
            {"jsonrpc":2.0,"method":"m"}                | jsonrpc must be "2.0"
            {"jsonrpc":"2.0","id":null,"method":"m"}    | id must be a string or a number, of at most 1024 characters
            {"jsonrpc":"2.0","id":1}                    | method must be a string
            {"jsonrpc":"2.0","id":1,"method":["m"]}     | method must be a string
            {"jsonrpc":"2.0","id":1,"result":{}}        | method must be a string
            """)
    void flaw_noMessage_namesTheMember(String body, String flaw) {
        assertEquals(Optional.of(flaw), of(body).flaw());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}", "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}"})
    void flaw_message_isEmpty(String body) {
        assertEquals(Optional.empty(), of(body).flaw());
    }

    @Test
    void of_initialize_tellsTheClient() {
        assertEquals(new Initialize.Valid(new Client("2025-11-25", "tester", Json.obj().with("roots", Json.obj()))),
                of(TestRequest.INITIALIZE).initialize());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `{"method":"initialize","id":1,"params":P}`                             | jsonrpc must be "2.0"
            `{"method":"initialize","id":1,"jsonrpc":"1.0","params":P}`             | jsonrpc must be "2.0"
            `{"method":"initialize","id":null,"jsonrpc":"2.0","params":P}`          | id must be a string or a number, of at most 1024 characters
            `{"method":"initialize","id":{},"jsonrpc":"2.0","params":P}`            | id must be a string or a number, of at most 1024 characters
            `{"method":"initialize","jsonrpc":"2.0","params":P}`                    | id must be a string or a number, of at most 1024 characters
            """)
    void of_initializeThatIsNoRequest_namesTheMember(String body, String why) {
        assertEquals(new Initialize.Invalid(why), of(body.replace("P", TestRequest.PARAMS)).initialize());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `[]`                                                                                      | params must be an object
            `null`                                                                                    | params must be an object
            `{}`                                                                                      | protocolVersion must be a string
            `{"protocolVersion":20251125}`                                                            | protocolVersion must be a string
            `{"protocolVersion":"1"}`                                                                 | capabilities must be an object
            `{"protocolVersion":"1","capabilities":[]}`                                               | capabilities must be an object
            `{"protocolVersion":"1","capabilities":{}}`                                               | clientInfo must be an object
            `{"protocolVersion":"1","capabilities":{},"clientInfo":"me"}`                             | clientInfo must be an object
            `{"protocolVersion":"1","capabilities":{},"clientInfo":{}}`                               | clientInfo.name must be a string
            `{"protocolVersion":"1","capabilities":{},"clientInfo":{"name":1,"version":"1"}}`         | clientInfo.name must be a string
            `{"protocolVersion":"1","capabilities":{},"clientInfo":{"name":"me"}}`                    | clientInfo.version must be a string
            `{"protocolVersion":"1","capabilities":{},"clientInfo":{"name":"me","version":null}}`     | clientInfo.version must be a string
            """)
    void of_initializeThatLacksAParameter_namesIt(String params, String why) {
        assertEquals(new Initialize.InvalidParams(why), of(TestRequest.initialize("1", params)).initialize());
    }

    @Test
    void of_initializeWithoutParams_namesThem() {
        assertEquals(new Initialize.InvalidParams("params must be an object"),
                of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\"}").initialize());
    }

    @Test
    void of_initializeTooLarge_isNotReadAndKeepsItsId() {
        var large = TestRequest.initialize("\"a\"", "{\"protocolVersion\":\"1\",\"x\":\"" + "x".repeat(MOST) + "\"}");

        assertEquals(new JsonRpcPeek(Optional.of(new Json.Str("a")), Optional.empty(), new Initialize.TooLarge(),
                new Listen.None(), Optional.of(new Message(true, "initialize", Optional.empty(), Optional.empty(), false)), Optional.empty()), of(large));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,]", "{\"id\":1,\"id\":1}", "{\"a\":1,\"a\":1}", "{\"params\":{\"a\":1,\"a\":1}}", "01", "'a'"})
    void of_notJson_throws(String body) {
        assertThrows(JsonException.class, () -> of(body));
    }

    @Test
    void of_deeperThan64_throws() {
        assertThrows(JsonException.class, () -> of("[".repeat(HOSTILE)));
        assertThrows(JsonException.class, () -> of("{\"params\":".repeat(65)));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void of_hostileBody_keepsNothing(String what, String body) {
        var peek = of(body);

        assertEquals(new JsonRpcPeek(Optional.empty(), Optional.empty(), new Initialize.None(), new Listen.None(), Optional.empty(), peek.flaw()),
                peek, what);
    }

    static Stream<Arguments> hostile() {
        var empties = repeated("[],");
        var objects = repeated("{},");
        return Stream.of(
                Arguments.of("batch", "[" + empties + "0]"),
                Arguments.of("batch of objects", "[" + objects + "0]"),
                Arguments.of("id", "{\"id\":[" + empties + "0]}"),
                Arguments.of("id of objects", "{\"id\":{\"a\":[" + objects + "0]}}"),
                Arguments.of("method", "{\"method\":[" + empties + "0]}"),
                Arguments.of("params", "{\"params\":[" + objects + "0]}"),
                Arguments.of("a member of params", "{\"params\":{\"a\":[" + empties + "0]}}"),
                Arguments.of("meta", "{\"params\":{\"_meta\":[" + objects + "0]}}"),
                Arguments.of("version", "{\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":[" + empties + "0]}}}"),
                Arguments.of("an unknown member", "{\"x\":[" + empties + "0]}"));
    }

    private static String repeated(String text) {
        return text.repeat(HOSTILE / text.length());
    }

    @Test
    void of_hostileInitialize_buildsNothingOfIt() {
        var large = TestRequest.initialize("1", "{\"protocolVersion\":\"1\",\"capabilities\":{\"a\":[" + repeated("{},") + "0]}}");

        assertEquals(new Initialize.TooLarge(), of(large).initialize());
    }

    @Test
    void of_listen_tellsWhatItAsksFor() {
        assertEquals(new Listen.Valid(Json.obj().with("toolsListChanged", true)),
                of(listen("{\"toolsListChanged\":true}")).listen());
        assertEquals(new Listen.Invalid(), of(listen("[]")).listen());
        assertEquals(new Listen.TooLarge(), of(listen("{\"resourceSubscriptions\":[" + repeated("{},") + "{}]}")).listen());
        assertEquals(new Listen.None(), of(listen("{}").replace("\"id\":1,", "")).listen());
    }

    private static String listen(String notifications) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscriptions/listen\",\"params\":{\"notifications\":" + notifications + "}}";
    }

    private static JsonRpcPeek of(String body) {
        return JsonRpcPeek.of(body.getBytes(UTF_8), Limits.builder().maxInitializeBytes(MOST).build());
    }
}
