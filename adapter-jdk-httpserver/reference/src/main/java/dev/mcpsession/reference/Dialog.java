package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.OpenedState;
import dev.mcpsession.dialog.Outcome;
import dev.mcpsession.dialog.RequestState;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Asks the client on behalf of a call, in the manner of the call's era. Up to 2025-11-25 the call sends requests and waits for their
/// responses. In 2026-07-28 its result names the questions, and the client repeats the call with the answers and with the sealed state.
///
/// @param requests asks clients that have a session
/// @param states   seals what a call keeps until the client repeats it
record Dialog(ClientRequests requests, RequestState states) {

    static final String STATE = "requestState";

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String ANSWERS = "inputResponses";

    /// Computes the result from the answers.
    interface Conclusion {

        /// The result.
        ///
        /// @param kept    what the call kept
        /// @param answers the answers by the keys of their questions
        Json.Obj of(Json.Obj kept, Map<String, Json.Obj> answers);
    }

    /// Asks until every question has its answer.
    ///
    /// @param kept what the conclusion needs of this call; if it is empty, the client keeps no state
    /// @throws RpcException if the client lacks a capability, or brings back a state that is not its own
    /// @throws Tool.Failure if the client does not answer
    Json.Obj ask(Message.Call call, Json.Obj kept, List<Question> questions, Conclusion conclusion) {
        return ask(call, kept(call), kept, questions, conclusion);
    }

    /// Asks in a later round.
    ///
    /// @param opened what [#kept] returned, which opens a state of single use once
    Json.Obj ask(Message.Call call, Optional<Json.Obj> opened, Json.Obj kept, List<Question> questions, Conclusion conclusion) {
        if (!Methods.isStateless()) return conclusion.of(kept, responses(call, questions));
        for (var question : questions) require(call, question.capability());
        var answers = answers(call, questions);
        var open = questions.stream().filter(question -> !answers.containsKey(question.key())).toList();
        // What was asked about is in the state: without it, answers may belong to another call.
        var isBack = opened.isPresent() || kept.isEmpty();
        if (open.isEmpty() && isBack) return conclusion.of(opened.orElse(kept), answers);
        return inputRequired(call, isBack ? open : questions, kept);
    }

    private Map<String, Json.Obj> responses(Message.Call call, List<Question> questions) {
        var answer = call.answer().orElseThrow(() -> new Tool.Failure("a call within a batch cannot ask"));
        var responses = new LinkedHashMap<String, Json.Obj>();
        for (var question : questions) {
            try {
                responses.put(question.key(),
                        result(question, answer.interruptibly(() -> requests.ask(answer, question.method(), question.params(), PATIENCE))));
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception _) {
                throw new Tool.Failure("the call was cancelled");
            }
        }
        return responses;
    }

    private static Json.Obj result(Question question, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered(var result) when question.isAnswer().test(result) -> result;
            case Outcome.Answered _ -> throw new Tool.Failure("the client's answer lacks what was asked for");
            case Outcome.Refused(var error) -> throw new Tool.Failure("the client refused: " + error.string("message").orElse(""));
            case Outcome.NotAskable(var why) -> throw new Tool.Failure("the client cannot be asked: " + why);
            case Outcome.TimedOut(), Outcome.Cancelled() -> throw new Tool.Failure("the client did not answer");
            case Outcome.SessionEnded() -> throw new Tool.Failure("the session has ended");
            case Outcome.Draining(), Outcome.Closed() -> throw new Tool.Failure("the server is going away; please call again");
        };
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
        return call.meta().object("io.modelcontextprotocol/clientCapabilities").flatMap(all -> all.object(capability)).isPresent();
    }

    /// What the call kept when it asked; empty if the client brings nothing back.
    ///
    /// @throws RpcException if the client brings back a state that is not its own
    Optional<Json.Obj> kept(Message.Call call) {
        if (!Methods.isStateless() || call.params().get(STATE).isEmpty()) return Optional.empty();
        var text = call.params().string(STATE).orElseThrow(() -> RpcException.invalidParams(STATE + " must be a string"));
        return switch (states.open(Caller.current().owner(), purpose(call), text)) {
            case OpenedState.Opened(var state) -> Optional.of(state);
            case OpenedState.Tampered(), OpenedState.Expired(), OpenedState.Foreign(), OpenedState.Used() ->
                    throw RpcException.invalidParams(RequestState.REFUSAL);
        };
    }

    /// A state is of one tool or prompt.
    private static String purpose(Message.Call call) {
        return call.method() + ' ' + call.params().string("name").orElse("");
    }

    private static Map<String, Json.Obj> answers(Message.Call call, List<Question> questions) {
        var answers = new LinkedHashMap<String, Json.Obj>();
        if (call.params().get(ANSWERS).isEmpty()) return answers;
        var responses = call.params().object(ANSWERS).orElseThrow(() -> RpcException.invalidParams(ANSWERS + " must be an object"));
        for (var question : questions) {
            responses.object(question.key()).filter(question.isAnswer()).ifPresent(answer -> answers.put(question.key(), answer));
        }
        return answers;
    }

    private Json.Obj inputRequired(Message.Call call, List<Question> questions, Json.Obj kept) {
        var requests = Json.obj();
        for (var question : questions) requests = requests.with(question.key(), question.request());
        var result = Json.obj().with("resultType", "input_required").with("inputRequests", requests);
        return kept.isEmpty() ? result : result.with(STATE, states.seal(Caller.current().owner(), purpose(call), kept));
    }
}
