package dev.mcpsession.reference.conformance;

import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.util.List;

/// Tools that answer at once, some of them with notifications on the way.
///
/// @param broadcaster where changes of lists are told
/// @param seal        for the id of an event
record ContentTools(Broadcaster broadcaster, Seal seal) {

    private static final Json.Obj WITH_HEADER = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}, "required": ["region"]}""");
    private static final Json.Obj JSON_SCHEMA = (Json.Obj) Json.parse("""
            {"$schema": "https://json-schema.org/draft/2020-12/schema",
             "type": "object",
             "$defs": {"address": {"$anchor": "addressDef", "type": "object",
                                   "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
             "properties": {"address": {"$ref": "#/$defs/address"},
                            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
                            "phone": {"type": "string"}, "email": {"type": "string"}},
             "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
             "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
             "then": {"required": ["phone"]},
             "else": {"required": ["email"]},
             "additionalProperties": false}""");

    List<Tool> all() {
        return List.of(
                new Tool("test_simple_text", "Says one sentence.", _ -> Tool.result("This is a simple text response for testing.")),
                new Tool("test_image_content", "Shows a picture.", _ -> Tool.result(Content.image())),
                new Tool("test_audio_content", "Plays a sound.", _ -> Tool.result(Content.audio())),
                new Tool("test_embedded_resource", "Has a resource in its answer.", _ -> Tool.result(
                        Content.resource("test://embedded-resource", "text/plain", "This is an embedded resource content."))),
                new Tool("test_multiple_content_types", "Answers with everything.", _ -> Tool.result(
                        Tool.text("Multiple content types test:"), Content.image(),
                        Content.resource("test://mixed-content-resource", "application/json", "{\"test\":\"data\",\"value\":123}"))),
                new Tool("test_error_handling", "Fails.", _ -> Tool.failure("This tool intentionally returns an error for testing")),
                new Tool("test_tool_with_logging", "Logs three times.", ContentTools::log),
                new Tool("test_logging_tool", "Logs three times.", ContentTools::log),
                new Tool("test_tool_with_progress", "Tells how far it is.", ContentTools::progress),
                new Tool("test_reconnection", "Ends its stream before it answers.", this::leave),
                new Tool("test_header_argument", "Says where it was called.", WITH_HEADER,
                        call -> Tool.result(call.arguments().string("region").orElse("nowhere"))),
                new Tool("json_schema_2020_12_tool", "Has a schema with much in it.", JSON_SCHEMA, _ -> Tool.result("done")),
                new Tool("test_trigger_tool_change", "Tells clients that tools have changed.",
                        _ -> publish("notifications/tools/list_changed")),
                new Tool("test_trigger_prompt_change", "Tells clients that prompts have changed.",
                        _ -> publish("notifications/prompts/list_changed")));
    }

    private static Json.Obj log(Call call) throws IOException {
        call.info("Tool execution started");
        call.info("Tool processing data");
        call.info("Tool execution completed");
        return Tool.result("Logged.");
    }

    private static Json.Obj progress(Call call) throws IOException {
        call.progress(0);
        call.progress(50);
        call.progress(100);
        return Tool.result("Done.");
    }

    /// The id of the event at which the stream ends says all that is needed to answer later: whose answer it is.
    private Json.Obj leave(Call call) throws IOException {
        if (!call.isStateless()) call.answer().leave(seal.close(call.id().toString()));
        return reconnected();
    }

    static Json.Obj reconnected() {
        return Tool.result("Answered after the client came back.");
    }

    private Json.Obj publish(String method) {
        broadcaster.publish(Event.of(method));
        return Tool.result("published");
    }
}
