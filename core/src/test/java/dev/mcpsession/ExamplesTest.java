package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.dialog.AnswerChannel;
import dev.mcpsession.dialog.AnswerStream;
import dev.mcpsession.dialog.ClientRequests;
import dev.mcpsession.dialog.KeyRing;
import dev.mcpsession.dialog.OpenedState;
import dev.mcpsession.dialog.Outcome;
import dev.mcpsession.dialog.RequestState;
import dev.mcpsession.json.Json;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// The examples in the javadoc of this package.
class ExamplesTest {

    private static final Owner ANN = Owner.principal("ann");

    @AutoClose
    private final Backend backend = Backend.open(Backend.MEMORY, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow();

    // @start region="handles"
    private static final class CartTools {

        private final Handles carts;

        CartTools(Backend backend) {
            carts = new Handles(backend.store("cart", SessionPolicy.DEFAULT), "cart_");
        }

        String open() {
            return switch (carts.create(Caller.current().owner(), Json.obj())) {
                case Handles.Creation.Created(var cart) -> cart.value(); // such as cart_5Jd…: the model passes it to add()
                case Handles.Creation.OwnerFull(), Handles.Creation.StoreFull() -> throw new IllegalStateException("too many carts");
            };
        }

        long add(String handle, long items) {
            return carts.update(Caller.current().owner(), handle, state -> state.with("items", items + items(state)))
                    .map(cart -> items(cart.state()))
                    .orElseThrow(() -> new IllegalArgumentException("handle must be that of a cart of yours"));
        }

        private static long items(Json.Obj state) {
            return state.integer("items").orElse(0);
        }
    }
    // @end

    @Test
    void handles_cart_isItsOwnersAlone() {
        var tools = new CartTools(backend);
        var cart = Caller.call(ANN, Optional.empty(), tools::open);
        Caller.call(ANN, Optional.empty(), () -> tools.add(cart, 2));

        assertEquals(5, Caller.call(ANN, Optional.empty(), () -> tools.add(cart, 3)));
        assertThrows(IllegalArgumentException.class, () -> tools.add(cart, 1));
    }

    // @start region="caller"
    static void callTool(String name, Executor executor, List<String> log) {
        var caller = Caller.current(); // here, because the executor's thread has none
        executor.execute(() -> log.add(name + " for " + caller.session().map(session -> session.client().name()).orElse("a request")));
    }
    // @end

    // @start region="ask"
    static String confirm(ClientRequests requests, AnswerStream call, String question) throws InterruptedException {
        var params = Json.obj().with("message", question).with("requestedSchema", Json.obj().with("type", "object")
                .with("properties", Json.obj().with("ok", Json.obj().with("type", "boolean"))));
        return switch (requests.ask(call, "elicitation/create", params, Duration.ofMinutes(2))) {
            case Outcome.Answered(var result) -> "the user's action: " + result.string("action").orElse("none");
            case Outcome.Refused(var error) -> "refused: " + error.string("message").orElseThrow();
            case Outcome.NotAskable(var why) -> "not asked: " + why;
            case Outcome.TimedOut(), Outcome.Cancelled() -> "no answer";
            case Outcome.SessionEnded(), Outcome.Draining(), Outcome.Closed() -> "please try again";
        };
    }
    // @end

    @Test
    void ask_clientOfAnotherRevision_isNotAsked() throws Exception {
        var channel = new AnswerChannel() {
            @Override
            public boolean takesEventStream() {
                return true;
            }

            @Override
            public OutputStream stream() {
                throw new AssertionError("nothing must be sent");
            }

            @Override
            public void reply(int status, byte[] json) {
                throw new AssertionError("nothing must be sent");
            }
        };
        try (var requests = ClientRequests.builder(backend.broadcaster()).build(); var call = requests.answer(Json.Num.of(1), channel)) {
            assertEquals("not asked: request must be of a revision with sessions", confirm(requests, call, "Delete it?"));
        }
    }

    // @start region="state"
    static Json.Obj delete(RequestState states, Json.Obj params) {
        var owner = Caller.current().owner();
        var brought = params.string("requestState");
        if (brought.isEmpty()) {
            var question = Json.obj().with("method", "elicitation/create").with("params", Json.obj().with("message", "Delete it?"));
            return Json.obj().with("resultType", "input_required")
                    .with("inputRequests", Json.obj().with("sure", question))
                    .with("requestState", states.seal(owner, "delete", Json.obj().with("file", "a.txt")));
        }
        return switch (states.open(owner, "delete", brought.get())) {
            case OpenedState.Opened(var state) -> Json.obj().with("deleted", state.string("file").orElseThrow());
            case OpenedState.Tampered(), OpenedState.Expired(), OpenedState.Foreign(), OpenedState.Used() ->
                    throw new IllegalArgumentException(RequestState.REFUSAL);
        };
    }
    // @end

    @Test
    void state_broughtBack_isOpenedForItsOwnerAlone() {
        var states = RequestState.builder(KeyRing.of(new byte[KeyRing.KEY_BYTES])).build();
        var first = Caller.call(ANN, Optional.empty(), () -> delete(states, Json.obj()));
        var again = Json.obj().with("requestState", first.string("requestState").orElseThrow());

        assertEquals(Json.obj().with("deleted", "a.txt"), Caller.call(ANN, Optional.empty(), () -> delete(states, again)));
        assertThrows(IllegalArgumentException.class, () -> delete(states, again));
    }

    @Test
    void caller_readFirst_isPassedOn() throws InterruptedException {
        var log = new ArrayList<String>();
        var id = SessionId.random();
        backend.store().create(id, ANN, new Client("2025-11-25", "inspector", Json.obj()));
        Executor executor = task -> {
            try {
                Thread.ofVirtual().start(task).join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };

        Caller.call(ANN, backend.store().find(id), () -> {
            callTool("search", executor, log);
            return null;
        });
        callTool("search", executor, log);

        assertEquals(List.of("search for inspector", "search for a request"), log);
    }
}
