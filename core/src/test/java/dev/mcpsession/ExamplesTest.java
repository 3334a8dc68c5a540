package dev.mcpsession;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.json.Json;
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
