package dev.mcpsession.httpserver;

import static dev.mcpsession.contract.Messages.INITIALIZE;
import static dev.mcpsession.httpserver.Endpoint.JSON;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.http.OwnerResolver;
import dev.mcpsession.http.SessionHandler;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Tries every case, each on a server of its own, in a JVM whose servers have [#SLOTS] slots. Prints a line for each case that
/// failed, and then how many there were.
///
/// One slot that is not given back fails its case, so there are few slots and few clients: two of each kind, since a client's number
/// decides whether its answer is flushed in halves and whether it asks to keep the connection.
final class Slots implements AutoCloseable {

    static final int SLOTS = 12;

    private static final int AT_A_TIME = 12; // a case waits most of the time
    private static final int WAVE = 8;
    private static final int SMALL = 100;
    private static final int LARGE = 6 << 20; // a kernel buffers some 4 MB
    private static final Duration WRITE_TIMEOUT = Duration.ofMillis(250);
    private static final Duration HEARTBEAT = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Event PADDED = Event.of("notifications/tools/list_changed",
            Json.obj().with("padding", "x".repeat(60_000)));

    /// Admits every request that does not ask to be refused.
    private static final class Guard extends Authenticator {

        @Override
        public Result authenticate(HttpExchange exchange) {
            var wish = exchange.getRequestHeaders().getFirst("X-Guard");
            if (wish == null) return new Success(new HttpPrincipal("anybody", "slots"));
            if (wish.equals("fails")) throw new AssertionError("on purpose");
            exchange.getResponseHeaders().set("X-Padding", "x".repeat(8000));
            return new Failure(401);
        }
    }

    private final SlotCase slot;
    private final SlotAnswer answer;
    private final InMemorySessionStore store = new InMemorySessionStore(SessionPolicy.DEFAULT);
    private final StripedBroadcaster broadcaster = new StripedBroadcaster(BroadcasterOptions.builder().heartbeat(HEARTBEAT).build());
    private final SessionHandler sessions = SessionHandler.builder(store).broadcaster(broadcaster)
            .owners(_ -> new OwnerResolver.Resolution.Known(Owner.anonymous())).build(); // who may have many sessions
    private final McpHttpServer server;
    private final List<SlotClient> clients = new ArrayList<>();

    private Slots(SlotCase slot) throws IOException {
        this.slot = slot;
        var large = slot.leaving() == SlotCase.Leaving.STALL;
        answer = slot.body() == null ? SlotAnswer.of(SlotAnswer.Body.NONE, SlotAnswer.Closer.ADAPTER, SMALL)
                : SlotAnswer.of(slot.body(), slot.closer(), large ? LARGE : SMALL);
        server = McpHttpServer.builder(sessions).address(new InetSocketAddress("127.0.0.1", 0)).writeTimeout(WRITE_TIMEOUT)
                .handler("/beside", answer::give).endpoint(answer::give).authenticator(new Guard()).start();
    }

    /// @param args how many clients each case has, and optionally a part of the names of the cases to try
    public static void main(String... args) throws Exception {
        var cases = SlotCase.all();
        if (args.length > 1) cases.removeIf(slot -> !slot.toString().contains(args[1]));
        var failed = 0;
        try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
            for (var failure : threads.invokeAll(cases.stream().map(slot -> trial(slot, Integer.parseInt(args[0]))).toList())) {
                if (failure.get().isPresent()) failed++;
            }
        }
        System.out.println(cases.size() + " cases, " + failed + " failed");
        System.exit(failed == 0 && !cases.isEmpty() ? 0 : 1);
    }

    private static Callable<Optional<Exception>> trial(SlotCase slot, int rounds) {
        return () -> {
            try (var slots = new Slots(slot)) {
                slots.run(rounds);
                return Optional.empty();
            } catch (IllegalStateException | ExecutionException | IOException e) {
                System.out.println(slot + ": " + e);
                return Optional.of(e);
            }
        };
    }

    private void run(int rounds) throws Exception {
        var stalls = slot.leaving() == SlotCase.Leaving.STALL;
        var left = stalls && slot.isSmall() ? Math.max(1, rounds / 50) : rounds; // filling the kernel's buffers takes long
        for (var number = 0; left > 0; number += WAVE, left -= WAVE) {
            if (number > 0) awaitEverySlot();
            run(number, Math.min(left, WAVE));
            await("watched exchanges", () -> server.watchdog().watched() == 0);
            if (left > WAVE) letGo();
        }
        await("calls and streams", () -> sessions.stats().underWay() == 0 && sessions.stats().streams().open() == 0);
        await("subscribers", () -> broadcaster.subscriberCount() == 0);
        awaitEverySlot();
    }

    private void run(int first, int count) throws IOException, InterruptedException, ExecutionException {
        var ids = slot.kind() == SlotCase.Kind.REPLY ? List.<String>of() : initialize(count);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (var i = 0; i < count; i++) {
                var client = new SlotClient(slot, first + i, server.address());
                clients.add(client);
                var gone = answer.gone(String.valueOf(first + i));
                var session = ids.isEmpty() ? "nobody" : ids.get(i);
                running.add(threads.submit(() -> run(client, session, gone)));
            }
            if (slot.isStream() && slot.leaving() == SlotCase.Leaving.STALL) publishUntilNobodyListens(count);
            for (var client : running) client.get();
        }
    }

    private static void run(SlotClient client, String session, CountDownLatch gone) {
        try {
            client.run(session, gone);
        } catch (IOException e) {
            throw new IllegalStateException("a client was not served", e);
        }
    }

    private void publishUntilNobodyListens(int count) {
        await("streams opened", () -> sessions.stats().streams().open() == count);
        for (var start = System.nanoTime(); sessions.stats().streams().open() > 0 && in(start, PATIENCE);) {
            broadcaster.publish(PADDED);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<String> initialize(int count) throws IOException {
        var ids = new ArrayList<String>();
        try (var http = RawHttp.connect(server.address())) {
            for (var i = 0; i < count; i++) {
                var response = http.exchange(RawHttp.request("POST", "/mcp", INITIALIZE, JSON));
                ids.add(response.header("Mcp-Session-Id").orElseThrow());
            }
            leave(http);
        }
        return ids;
    }

    /// Every slot is free if as many clients are served at the same time. Clients that stall or stay have not closed theirs.
    private void awaitEverySlot() {
        await("slots of " + SLOTS, () -> served() == SLOTS);
    }

    private int served() {
        var guests = new ArrayList<RawHttp>();
        var served = 0;
        try {
            while (served < SLOTS) {
                var guest = RawHttp.connect(server.address());
                guests.add(guest);
                if (guest.exchange(RawHttp.request("GET", "/beside", "")).status() == 200) served++;
            }
            for (var guest : guests) leave(guest);
        } catch (IOException _) {
            // refused: a slot is taken
        } finally {
            guests.forEach(Slots::close);
        }
        return served;
    }

    /// Waits until the server has closed the connection: the thread that closes and uncounts it is the one that accepts the next.
    private static void leave(RawHttp http) throws IOException {
        http.exchange(RawHttp.request("GET", "/beside", "", "Connection: close"));
        if (!http.isAtEnd()) throw new IOException("still open");
    }

    private static void await(String what, BooleanSupplier condition) {
        for (var start = System.nanoTime(); !condition.getAsBoolean();) {
            if (!in(start, PATIENCE)) throw new IllegalStateException("in vain: " + what);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static boolean in(long start, Duration time) {
        return System.nanoTime() - start < time.toNanos();
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void letGo() {
        clients.forEach(Slots::close);
        clients.clear();
    }

    @Override
    public void close() throws ExecutionException {
        letGo();
        server.close(Duration.ZERO);
        broadcaster.close();
        store.close();
    }
}
