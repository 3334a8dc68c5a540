package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Tools and a prompt that request input from the client. They need 2026-07-28: before it, a server sent its own requests and waited for
/// the responses in other POSTs, which a stateless handler cannot do.
///
/// @param seal seals the state that the client keeps between two rounds
record DialogTools(Seal seal) {

    private static final String CONFIRMATION = "confirmation";
    private static final String FIRST = "first round";
    private static final String SECOND = "second round of ";
    private static final Json.Obj ONE_TEXT = (Json.Obj) Json.parse("""
            {"type": "object", "properties": {"prompt": {"type": "string"}, "message": {"type": "string"}}}""");

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
                new Tool("test_sampling", "Asks the client's model.", ONE_TEXT, _ -> cannotAsk()),
                new Tool("test_elicitation", "Asks the user.", ONE_TEXT, _ -> cannotAsk()),
                new Tool("test_elicitation_sep1034_defaults", "Asks the user, with defaults.", Tool.NO_ARGUMENTS, _ -> cannotAsk()),
                new Tool("test_elicitation_sep1330_enums", "Asks the user to choose.", Tool.NO_ARGUMENTS, _ -> cannotAsk()));
    }

    private static Tool asking(String name, String description, Tool.Action action) {
        return new Tool(name, description, Tool.NO_ARGUMENTS, call -> Methods.isStateless() ? action.call(call) : cannotAsk());
    }

    private static Json.Obj text(String text) {
        return Tool.result(false, Tool.text(text));
    }

    private static Json.Obj cannotAsk() {
        return Tool.result(true, Tool.text("this handler keeps no state, and so cannot wait for a client's response in another request"));
    }

    private static Question name(String key) {
        return Question.elicitation(key, "What is your name?", "name", "string");
    }

    private Json.Obj greet(Message.Call call) {
        return Dialog.ask(call, Optional.empty(), List.of(name("user_name")),
                answers -> text("Hello, " + field(answers.get("user_name"), "name") + "!"));
    }

    private Json.Obj greetOnStream(Message.Call call) {
        Answer.current().stream();
        return greet(call);
    }

    private Json.Obj sample(Message.Call call) {
        return Dialog.ask(call, Optional.empty(), List.of(Question.sampling("capital_question", "What is the capital of France?")),
                answers -> Tool.result(false, answers.get("capital_question").get("content").orElseThrow()));
    }

    private Json.Obj listRoots(Message.Call call) {
        return Dialog.ask(call, Optional.empty(), List.of(Question.roots("client_roots")),
                answers -> text("Roots: " + answers.get("client_roots").get("roots").orElseThrow()));
    }

    private Json.Obj confirm(Message.Call call) {
        var kept = kept(call);
        return Dialog.ask(call, Optional.of(seal.close(CONFIRMATION)),
                List.of(Question.elicitation("confirm", "Please confirm", "ok", "boolean")),
                _ -> {
                    if (!kept.equals(Optional.of(CONFIRMATION))) throw forged();
                    return text("state-ok");
                });
    }

    private Json.Obj askAll(Message.Call call) {
        kept(call);
        return Dialog.ask(call, Optional.of(seal.close(CONFIRMATION)),
                List.of(name("user_name"), Question.sampling("greeting", "Generate a greeting"), Question.roots("client_roots")),
                answers -> text("Answers to " + answers.keySet()));
    }

    private Json.Obj askTwice(Message.Call call) {
        var state = kept(call).orElse(FIRST);
        if (state.startsWith(SECOND)) return askSecond(call, state.substring(SECOND.length()), Optional.of(seal.close(state)));
        return Dialog.ask(call, Optional.of(seal.close(FIRST)),
                List.of(Question.elicitation("step1", "Step 1: What is your name?", "name", "string")),
                answers -> {
                    var name = field(answers.get("step1"), "name");
                    return askSecond(call, name, Optional.of(seal.close(SECOND + name)));
                });
    }

    private static Json.Obj askSecond(Message.Call call, String name, Optional<String> state) {
        return Dialog.ask(call, state,
                List.of(Question.elicitation("step2", "Step 2: What is your favorite color?", "color", "string")),
                answers -> text(name + " likes " + field(answers.get("step2"), "color")));
    }

    private Json.Obj askWhatIsDeclared(Message.Call call) {
        var answerable = Stream.of(name("user_name"), Question.sampling("greeting", "Generate a greeting"))
                .filter(question -> Dialog.declares(call, question.capability())).toList();
        return Dialog.ask(call, Optional.empty(), answerable, answers -> text("Answers to " + answers.keySet()));
    }

    private Json.Obj needSampling(Message.Call call) {
        Dialog.require(call, "sampling");
        return text("The client has a model.");
    }

    /// The result of `prompts/get` for a prompt that requests input.
    Json.Obj prompt(Message.Call call) {
        if (!Methods.isStateless()) throw RpcException.invalidParams("this prompt asks the client, which is possible since 2026-07-28");
        return Dialog.ask(call, Optional.empty(),
                List.of(Question.elicitation("user_context", "What context should the prompt use?", "context", "string")),
                answers -> Prompts.result(Tool.text("Context: " + field(answers.get("user_context"), "context"))));
    }

    private Optional<String> kept(Message.Call call) {
        if (call.params().get("requestState").isEmpty()) return Optional.empty();
        return Optional.of(call.params().string("requestState").flatMap(seal::open).orElseThrow(DialogTools::forged));
    }

    private static RpcException forged() {
        return RpcException.invalidParams("requestState must be as it was given");
    }

    private static String field(Json.Obj elicited, String name) {
        return elicited.object("content").flatMap(content -> content.string(name)).orElse("");
    }
}
