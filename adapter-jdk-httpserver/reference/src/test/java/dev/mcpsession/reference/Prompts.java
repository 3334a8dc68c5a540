package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.stream.Stream;

/// The prompts.
///
/// @param dialogs has the prompt that requests input
record Prompts(DialogTools dialogs) {

    private static final Json.Obj LIST = (Json.Obj) Json.parse("""
            {"prompts": [
              {"name": "test_simple_prompt", "description": "One sentence."},
              {"name": "test_prompt_with_arguments", "description": "Repeats its arguments.", "arguments": [
                {"name": "arg1", "description": "The first.", "required": true},
                {"name": "arg2", "description": "The second.", "required": true}]},
              {"name": "test_prompt_with_embedded_resource", "description": "Has a resource in it.", "arguments": [
                {"name": "resourceUri", "description": "The resource.", "required": true}]},
              {"name": "test_prompt_with_image", "description": "Has a picture in it."},
              {"name": "test_input_required_result_prompt", "description": "Asks for a context first."}]}""");

    void addTo(Methods methods) {
        methods.addCacheable("prompts/list", _ -> LIST);
        methods.add("prompts/get", this::get);
    }

    private Json.Obj get(Message.Call call) {
        return switch (Notifications.string(call, "name")) {
            case "test_simple_prompt" -> result(Tool.text("This is a simple prompt for testing."));
            case "test_prompt_with_arguments" -> result(Tool.text("Prompt with arguments: arg1='" + argument(call, "arg1")
                    + "', arg2='" + argument(call, "arg2") + "'"));
            case "test_prompt_with_embedded_resource" -> result(
                    Content.resource(argument(call, "resourceUri"), "text/plain", "Embedded resource content for testing."),
                    Tool.text("Please process the embedded resource above."));
            case "test_prompt_with_image" -> result(Content.image(), Tool.text("Please analyze the image above."));
            case "test_input_required_result_prompt" -> dialogs.prompt(call);
            default -> throw RpcException.invalidParams("name must be that of a prompt");
        };
    }

    private static String argument(Message.Call call, String key) {
        return call.arguments().string(key).orElseThrow(() -> RpcException.invalidParams(key + " must be a string"));
    }

    /// The result of `prompts/get`.
    ///
    /// @param contents each becomes a user message
    static Json.Obj result(Json.Obj... contents) {
        var messages = Stream.of(contents).<Json>map(content -> Json.obj().with("role", "user").with("content", content)).toList();
        return Json.obj().with("messages", new Json.Arr(messages));
    }
}
