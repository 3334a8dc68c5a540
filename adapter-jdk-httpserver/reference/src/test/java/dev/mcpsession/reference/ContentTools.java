package dev.mcpsession.reference;

import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.util.List;

/// Tools that need no input from the client. Some send notifications before the response.
///
/// @param broadcaster publishes list changes
record ContentTools(Broadcaster broadcaster) {

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
                new Tool("test_image_content", "Shows a picture.", Tool.NO_ARGUMENTS, _ -> Tool.result(false, Content.image())),
                new Tool("test_audio_content", "Plays a sound.", Tool.NO_ARGUMENTS, _ -> Tool.result(false, Content.audio())),
                new Tool("test_embedded_resource", "Has a resource in its answer.", Tool.NO_ARGUMENTS, _ -> Tool.result(false,
                        Content.resource("test://embedded-resource", "text/plain", "This is an embedded resource content."))),
                new Tool("test_multiple_content_types", "Answers with everything.", Tool.NO_ARGUMENTS, _ -> Tool.result(false,
                        Tool.text("Multiple content types test:"), Content.image(),
                        Content.resource("test://mixed-content-resource", "application/json", "{\"test\":\"data\",\"value\":123}"))),
                new Tool("test_error_handling", "Fails.", Tool.NO_ARGUMENTS,
                        _ -> Tool.result(true, Tool.text("This tool intentionally returns an error for testing"))),
                new Tool("test_tool_with_logging", "Logs three times.", Tool.NO_ARGUMENTS, ContentTools::log),
                new Tool("test_logging_tool", "Logs three times.", Tool.NO_ARGUMENTS, ContentTools::log),
                new Tool("test_tool_with_progress", "Tells how far it is.", Tool.NO_ARGUMENTS, ContentTools::progress),
                new Tool(StreamingApplication.LEAVES, "Ends its stream before it answers.", Tool.NO_ARGUMENTS,
                        _ -> StreamingApplication.reconnected()),
                new Tool("test_header_argument", "Says where it was called.", WITH_HEADER,
                        ContentTools::region),
                new Tool("json_schema_2020_12_tool", "Has a schema with much in it.", JSON_SCHEMA, _ -> text("done")),
                new Tool("test_trigger_tool_change", "Tells clients that tools have changed.", Tool.NO_ARGUMENTS,
                        _ -> publish("notifications/tools/list_changed")),
                new Tool("test_trigger_prompt_change", "Tells clients that prompts have changed.", Tool.NO_ARGUMENTS,
                        _ -> publish("notifications/prompts/list_changed")));
    }

    private static Json.Obj text(String text) {
        return Tool.result(false, Tool.text(text));
    }

    private static Json.Obj region(Message.Call call) {
        if (Methods.isStateless()) ParamHeaders.check(WITH_HEADER, call.arguments(), StreamingApplication.requestHeaders());
        return text(call.arguments().string("region").orElse("nowhere"));
    }

    private static Json.Obj log(Message.Call call) {
        Notifications.info(call, "Tool execution started");
        Notifications.info(call, "Tool processing data");
        Notifications.info(call, "Tool execution completed");
        return text("Logged.");
    }

    private static Json.Obj progress(Message.Call call) {
        Notifications.progress(call, 0);
        Notifications.progress(call, 50);
        Notifications.progress(call, 100);
        return text("Done.");
    }

    private Json.Obj publish(String method) {
        broadcaster.publish(Event.of(method));
        return text("published");
    }
}
