package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.contract.HandClock;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import dev.mcpsession.json.Json;
import dev.mcpsession.memory.InMemorySessionStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/// A handler with a real store and a real broadcaster, and a vocabulary for tests. Only [#elapse] advances time, and the keeper's
/// first tick is a minute away: closing the handler makes it touch what it would have touched then.
final class Endpoint implements AutoCloseable {

    static final SessionPolicy POLICY = SessionPolicy.DEFAULT;
    static final String ALICE = "alice";
    static final String BOB = "bob";

    final HandClock clock = new HandClock();
    final SessionStore store;
    final StripedBroadcaster broadcaster;
    final SessionHandler handler;

    Endpoint() {
        this(POLICY);
    }

    Endpoint(SessionPolicy policy) {
        this(policy, builder -> builder);
    }

    Endpoint(UnaryOperator<SessionHandler.Builder> settings) {
        this(POLICY, settings);
    }

    Endpoint(SessionPolicy policy, UnaryOperator<SessionHandler.Builder> settings) {
        this(policy, BroadcasterOptions.DEFAULT, settings);
    }

    Endpoint(SessionPolicy policy, BroadcasterOptions options, UnaryOperator<SessionHandler.Builder> settings) {
        store = mock(InMemorySessionStore.class, withSettings() // the real one, but a test can make it fail
                .spiedInstance(new InMemorySessionStore(policy, clock)).defaultAnswer(CALLS_REAL_METHODS).stubOnly());
        broadcaster = new StripedBroadcaster(options);
        handler = settings.apply(SessionHandler.builder(store).broadcaster(broadcaster)).build();
    }

    void elapse(Duration time) {
        clock.advance(time);
    }

    Decision decide(Request request) {
        try {
            return handler.decide(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Decision.Reply reply(Request request) {
        return assertInstanceOf(Decision.Reply.class, decide(request), request::toString);
    }

    Decision.Forward forward(Request request) {
        return assertInstanceOf(Decision.Forward.class, decide(request), request::toString);
    }

    Decision.Stream stream(Request request) {
        return assertInstanceOf(Decision.Stream.class, decide(request), request::toString);
    }

    /// {@return a session whose `initialize` was answered and that was not used yet}
    SessionId created(String owner) {
        return created(TestRequest.post(TestRequest.INITIALIZE).by(owner));
    }

    SessionId createdForAnybody() {
        return created(TestRequest.post(TestRequest.INITIALIZE));
    }

    private SessionId created(TestRequest initialize) {
        var forward = forward(initialize);
        forward.completed(200);
        return new SessionId(forward.headers().get(McpHeaders.SESSION_ID));
    }

    /// {@return a session that was used, so it is not provisional}
    SessionId used(String owner) {
        var id = created(owner);
        call(TestRequest.post().within(id).by(owner));
        return id;
    }

    /// Forwards a request and completes it.
    void call(TestRequest request) {
        forward(request).completed(202);
    }

    /// Publishes a broadcast event.
    void publish(String method) {
        broadcaster.publish(Event.of(method));
    }

    /// {@return the position of the newest event}
    EventId position() {
        var begun = broadcaster.subscribe(EventFilter.all(), Start.now());
        begun.close();
        return begun.start();
    }

    /// Ends a session without a request: its stream ends after what was published before.
    void end(SessionId id) {
        store.delete(id);
        broadcaster.endSession(id);
    }

    /// Writes a stream until it ends.
    Written written(Decision.Stream stream) {
        var out = new ByteArrayOutputStream();
        var end = stream.stream().writeTo(out);
        return new Written(end, out.toString(StandardCharsets.UTF_8));
    }

    record Written(StreamEnd end, String text) {}

    void assertNothingUnderWay() {
        assertEquals(0, handler.stats().underWay(), "in flight");
        assertEquals(0, handler.stats().streams().open(), "open streams");
        assertEquals(0, broadcaster.subscriberCount(), "subscriptions");
    }

    /// Waits for a condition that another thread will meet. The timeout of a test ends this, too, by an interrupt.
    static void await(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) throw new AssertionError("what was waited for did not come");
            Thread.onSpinWait();
        }
    }

    /// {@return the JSON-RPC error of a reply}
    static Json.Obj error(Decision.Reply reply) {
        return body(reply).object("error").orElseThrow();
    }

    static long code(Decision.Reply reply) {
        return ((Json.Num) error(reply).get("code").orElseThrow()).asLong().orElseThrow();
    }

    static Json.Obj body(Decision.Reply reply) {
        return (Json.Obj) Json.parse(reply.body());
    }

    @Override
    public void close() {
        handler.close(Duration.ZERO);
        broadcaster.close();
    }
}
