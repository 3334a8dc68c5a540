package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;

/// Tools that ask the client: its user, or its model. The same code serves both eras; [Dialog] knows how each asks.
///
/// @param dialog asks
record AskingTools(Dialog dialog) {

    private static final Json ONE_TEXT = Json.parse("""
            {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}""");

    void addTo(Toolbox toolbox) {
        toolbox.add(new Tool("confirm", "Asks the user to confirm a text, and tells the decision.", ONE_TEXT, this::confirm));
        toolbox.add(new Tool("ask_model", "Has the client's model answer a text.", ONE_TEXT, this::askModel));
    }

    private Json.Obj confirm(Message.Call call) {
        var asked = Json.obj().with("text", Tool.string(call.arguments(), "text"));
        var question = Question.elicitation("confirmation", "Please confirm: " + asked.string("text").orElseThrow(), "ok", "boolean");
        return dialog.ask(call, asked, List.of(question), (kept, answers) -> {
            var decision = isConfirmed(answers.get("confirmation")) ? "confirmed: " : "not confirmed: ";
            return Tool.result(false, Tool.text(decision + kept.string("text").orElseThrow()));
        });
    }

    private static boolean isConfirmed(Json.Obj answer) {
        return answer.string("action").equals(Optional.of("accept"))
                && answer.object("content").flatMap(content -> content.bool("ok")).orElse(false);
    }

    private Json.Obj askModel(Message.Call call) {
        var question = Question.sampling("completion", Tool.string(call.arguments(), "text"));
        return dialog.ask(call, Json.obj(), List.of(question),
                (_, answers) -> Tool.result(false, answers.get("completion").get("content").orElseThrow()));
    }
}
