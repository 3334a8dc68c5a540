package dev.mcpsession.reference;

import dev.mcpsession.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Requests input in the manner of 2026-07-28: the result names the input, and the client repeats its request with it. So the server keeps
/// nothing, and a stateless handler can do it.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr">MCP 2026-07-28, Multi Round-Trip
///      Requests</a>
final class Dialog {

    private Dialog() {}

    /// Computes the result from the answers.
    interface Conclusion {

        /// The result.
        ///
        /// @param answers the answers by the keys of their questions
        Json.Obj of(Map<String, Json.Obj> answers);
    }

    /// Requests input until every question has its answer.
    ///
    /// @param state the state that the client keeps until then; empty if there is none
    /// @throws RpcException if the client lacks a capability, or sends an invalid answer
    static Json.Obj ask(Message.Call call, Optional<String> state, List<Question> questions, Conclusion conclusion) {
        for (var question : questions) require(call, question.capability());
        var answers = answers(call, questions);
        var open = questions.stream().filter(question -> !answers.containsKey(question.key())).toList();
        return open.isEmpty() ? conclusion.of(answers) : inputRequired(open, state);
    }

    /// Requires that the client has a capability.
    ///
    /// @throws RpcException if it does not declare it
    static void require(Message.Call call, String capability) {
        if (declares(call, capability)) return;
        var required = Json.obj().with("requiredCapabilities", Json.obj().with(capability, Json.obj()));
        throw new RpcException(RpcException.MISSING_CAPABILITY, "Missing required client capability", required);
    }

    /// Whether a request of 2026-07-28 declares a capability of its client.
    static boolean declares(Message.Call call, String capability) {
        return Notifications.meta(call).object("io.modelcontextprotocol/clientCapabilities")
                .flatMap(all -> all.object(capability)).isPresent();
    }

    private static Map<String, Json.Obj> answers(Message.Call call, List<Question> questions) {
        var answers = new LinkedHashMap<String, Json.Obj>();
        if (call.params().get("inputResponses").isEmpty()) return answers;
        var responses = call.params().object("inputResponses")
                .orElseThrow(() -> RpcException.invalidParams("inputResponses must be an object"));
        for (var question : questions) {
            responses.object(question.key()).filter(question.isAnswer()).ifPresent(answer -> answers.put(question.key(), answer));
        }
        return answers;
    }

    private static Json.Obj inputRequired(List<Question> questions, Optional<String> state) {
        var requests = Json.obj();
        for (var question : questions) requests = requests.with(question.key(), question.request());
        var result = Json.obj().with("resultType", "input_required").with("inputRequests", requests);
        return state.map(kept -> result.with("requestState", kept)).orElse(result);
    }
}
