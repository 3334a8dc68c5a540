package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class EventFrameTest {

    private static final EventId ID = new EventId("5e1f", 7);
    private static final String SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";
    private static final Json.Obj META = Json.obj().with("k", 1).with("text", "a\r\nb\u2028ü😀\"\\}");

    static final List<Json.Obj> PARAMS = List.of(
            Json.obj(),
            Json.obj().with("uri", "file:///ü\r\n😀\"").with("n", 1),
            Json.obj().with("_meta", Json.obj()),
            Json.obj().with("_meta", META),
            Json.obj().with("uri", "u").with("_meta", Json.obj()),
            Json.obj().with("uri", "u").with("none", Json.NULL).with("_meta", META).with("more", Json.arr(META, Json.NULL)));

    private static EventFrame encoded(String method, Json.Obj params) {
        return EventFrame.of(Event.of(method, params)).withId(ID);
    }

    private static String frame(EventFrame event) throws IOException {
        var out = new ByteArrayOutputStream();
        event.writeTo(out);
        assertEquals(event.length(), out.size());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String frame(EventFrame event, Json subscription) throws IOException {
        var out = new ByteArrayOutputStream();
        event.writeTo(new SubscriptionTag(subscription), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    /// The JSON of a frame, which is what stands between these two and on one line.
    private static Json data(String frame, String start) {
        assertTrue(frame.startsWith(start) && frame.endsWith("\n\n"), frame);
        var data = frame.substring(start.length(), frame.length() - 2);
        assertFalse(data.contains("\n") || data.contains("\r"), data);
        return Json.parse(data);
    }

    private static Json notification(String method, Json.Obj params) {
        return Json.obj().with("jsonrpc", "2.0").with("method", method).with("params", params);
    }

    @ParameterizedTest
    @FieldSource("PARAMS")
    void writeTo_ofASession_hasTheIdAndTheWholeEvent(Json.Obj params) throws IOException {
        assertEquals(notification("m", params), data(frame(encoded("m", params)), "id: mcps-5e1f-7\nevent: message\ndata: "));
    }

    @ParameterizedTest
    @FieldSource("PARAMS")
    void writeTo_ofASubscription_hasItsIdInMetaAlone(Json.Obj params) throws IOException {
        for (var id : new Json[] {new Json.Str("a\"\n"), Json.Num.of(17), new Json.Num("9007199254740993"), new Json.Str("17")}) {
            var meta = params.object("_meta").orElse(Json.obj()).with(SUBSCRIPTION, id);

            assertEquals(notification("m", params.with("_meta", meta)), data(frame(encoded("m", params), id), "event: message\ndata: "));
        }
    }

    @Test
    void writeTo_noParams_hasEmptyOnes() throws IOException {
        assertEquals(
                "id: mcps-5e1f-7\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{}}\n\n", frame(encoded("m", Json.obj())));
    }

    @Test
    void writeWithoutIdTo_event_isTheFrameAfterItsFirstLine() throws IOException {
        var event = encoded("m", Json.obj().with("uri", "u"));
        var out = new ByteArrayOutputStream();

        event.writeWithoutIdTo(out);

        assertEquals(frame(event), "id: mcps-5e1f-7\n" + out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void writeTo_methodWithNewline_staysOnItsLine() throws IOException {
        var method = "a\n\ndata: b\r\"\\";

        assertEquals(notification(method, Json.obj()), data(frame(encoded(method, Json.obj())), "id: mcps-5e1f-7\nevent: message\ndata: "));
    }
}
