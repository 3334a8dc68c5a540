package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Tools and a prompt that request input from the client.
///
/// @param dialog asks
record DialogTools(Dialog dialog) {

    private static final Json.Obj NOTHING = Json.obj();
    private static final Json.Obj CONFIRMATION = Json.obj().with("confirmation", true);
    private static final Json.Obj FIRST = Json.obj().with("round", 1);
    private static final String NAME = "name";
    private static final Json.Obj ONE_TEXT = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {"prompt": {"type": "string"}, "message": {"type": "string"}}}""");
    private static final Json.Obj USER = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {"username": {"type": "string"}, "email": {"type": "string"}}}""");
    private static final Json.Obj DEFAULTS = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {
              "name": {"type": "string", "default": "John Doe"}, "age": {"type": "integer", "default": 30},
              "score": {"type": "number", "default": 95.5}, "verified": {"type": "boolean", "default": true},
              "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"}}}""");
    private static final Json.Obj ENUMS = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {
              "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
              "titledSingle": {"type": "string", "oneOf": [
                {"const": "value1", "title": "First"}, {"const": "value2", "title": "Second"}, {"const": "value3", "title": "Third"}]},
              "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["One", "Two", "Three"]},
              "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
              "titledMulti": {"type": "array", "items": {"anyOf": [
                {"const": "value1", "title": "First"}, {"const": "value2", "title": "Second"}, {"const": "value3", "title": "Third"}]}}}}""");

    List<Tool> all() {
        return List.of(
                asking("test_input_required_result_elicitation", "Asks for a name.", this::greet),
                asking("test_input_required_result_sampling", "Asks the client's model.", this::sample),
                asking("test_input_required_result_list_roots", "Asks for the client's roots.", this::listRoots),
                asking("test_input_required_result_request_state", "Has the client keep something.", this::confirm),
                asking("test_input_required_result_tampered_state", "Has the client keep something unchanged.", this::confirm),
                asking("test_input_required_result_multiple_inputs", "Asks three things at once.", this::askAll),
                asking("test_input_required_result_multi_round", "Asks one thing after the other.", this::askTwice),
                asking("test_input_required_result_capabilities", "Asks what the client can answer.", this::askWhatIsDeclared),
                asking("test_streaming_elicitation", "Asks for a name, on a stream.", this::greetOnStream),
                asking("test_missing_capability", "Needs a client with a model.", this::needSampling),
                new Tool("test_sampling", "Asks the client's model.", ONE_TEXT, this::complete),
                form("test_elicitation", "Asks the user.", ONE_TEXT, USER),
                form("test_elicitation_sep1034_defaults", "Asks the user, with defaults.", Tool.NO_ARGUMENTS, DEFAULTS),
                form("test_elicitation_sep1330_enums", "Asks the user to choose.", Tool.NO_ARGUMENTS, ENUMS));
    }

    private static Tool asking(String name, String description, Tool.Action action) {
        return new Tool(name, description, Tool.NO_ARGUMENTS, action);
    }

    private Tool form(String name, String description, Json arguments, Json.Obj schema) {
        return new Tool(name, description, arguments, call -> dialog.ask(call, NOTHING,
                List.of(Question.elicitation("form", call.arguments().string("message").orElse("Please fill in"), schema)),
                (_, answers) -> text("User response: " + answers.get("form"))));
    }

    private static Json.Obj text(String text) {
        return Tool.result(false, Tool.text(text));
    }

    private static Question name(String key) {
        return Question.elicitation(key, "What is your name?", NAME, "string");
    }

    private Json.Obj complete(Message.Call call) {
        return dialog.ask(call, NOTHING, List.of(Question.sampling("completion", call.arguments().string("prompt").orElse("Hello"))),
                (_, answers) -> text("LLM response: " + answers.get("completion").get("content").orElseThrow()));
    }

    private Json.Obj greet(Message.Call call) {
        return dialog.ask(call, NOTHING, List.of(name("user_name")),
                (_, answers) -> text("Hello, " + field(answers.get("user_name"), NAME) + "!"));
    }

    private Json.Obj greetOnStream(Message.Call call) {
        Notifications.progress(call, 0);
        return greet(call);
    }

    private Json.Obj sample(Message.Call call) {
        return dialog.ask(call, NOTHING, List.of(Question.sampling("capital_question", "What is the capital of France?")),
                (_, answers) -> Tool.result(false, answers.get("capital_question").get("content").orElseThrow()));
    }

    private Json.Obj listRoots(Message.Call call) {
        return dialog.ask(call, NOTHING, List.of(Question.roots("client_roots")),
                (_, answers) -> text("Roots: " + answers.get("client_roots").get("roots").orElseThrow()));
    }

    private Json.Obj confirm(Message.Call call) {
        return dialog.ask(call, CONFIRMATION, List.of(Question.elicitation("confirm", "Please confirm", "ok", "boolean")),
                (kept, _) -> {
                    if (!kept.equals(CONFIRMATION)) throw new AssertionError(kept);
                    return text("state-ok");
                });
    }

    private Json.Obj askAll(Message.Call call) {
        return dialog.ask(call, CONFIRMATION,
                List.of(name("user_name"), Question.sampling("greeting", "Generate a greeting"), Question.roots("client_roots")),
                (_, answers) -> text("Answers to " + answers.keySet()));
    }

    private Json.Obj askTwice(Message.Call call) {
        var kept = dialog.kept(call);
        if (kept.flatMap(state -> state.string(NAME)).isPresent()) return askSecond(call, kept, kept.get());
        return dialog.ask(call, kept, FIRST, List.of(Question.elicitation("step1", "Step 1: What is your name?", NAME, "string")),
                (_, answers) -> askSecond(call, Optional.empty(), NOTHING.with(NAME, field(answers.get("step1"), NAME))));
    }

    private Json.Obj askSecond(Message.Call call, Optional<Json.Obj> opened, Json.Obj state) {
        return dialog.ask(call, opened, state,
                List.of(Question.elicitation("step2", "Step 2: What is your favorite color?", "color", "string")),
                (kept, answers) -> text(kept.string(NAME).orElseThrow() + " likes " + field(answers.get("step2"), "color")));
    }

    private Json.Obj askWhatIsDeclared(Message.Call call) {
        var answerable = Stream.of(name("user_name"), Question.sampling("greeting", "Generate a greeting"))
                .filter(question -> Dialog.declares(call, question.capability())).toList();
        return dialog.ask(call, NOTHING, answerable, (_, answers) -> text("Answers to " + answers.keySet()));
    }

    private Json.Obj needSampling(Message.Call call) {
        Dialog.require(call, "sampling");
        return text("The client has a model.");
    }

    /// The result of `prompts/get` for a prompt that requests input.
    Json.Obj prompt(Message.Call call) {
        return dialog.ask(call, NOTHING,
                List.of(Question.elicitation("user_context", "What context should the prompt use?", "context", "string")),
                (_, answers) -> Prompts.result(Tool.text("Context: " + field(answers.get("user_context"), "context"))));
    }

    private static String field(Json.Obj elicited, String name) {
        return elicited.object("content").flatMap(content -> content.string(name)).orElse("");
    }
}
