package dev.mcpsession.benchmarks.fanout;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// This library's broadcaster. Unlike the other designs it encodes each event for the wire, once, in `publish`; that is part
/// of what is measured.
public final class McpSessionFanOut implements FanOut {

    /// A message and not a signal: what is lost stays lost and is counted.
    private static final Event EVENT = Event.of("notifications/message", Json.obj().with("level", "info").with("data", "42"));

    /// Longer than any measurement: a heartbeat would wake those who wait, and be counted as if an event had.
    private static final Duration HEARTBEAT = Duration.ofHours(1);

    private final StripedBroadcaster broadcaster;
    private final LongAdder lost = new LongAdder();

    /// Opens a broadcaster with the default options otherwise.
    ///
    /// @param stripes over how many lists the waiting readers are spread
    public McpSessionFanOut(int stripes) {
        broadcaster = new StripedBroadcaster(BroadcasterOptions.builder().stripes(stripes).heartbeat(HEARTBEAT).build());
    }

    @Override
    public Reader subscribe() {
        return new SubscriptionReader(register(), lost);
    }

    @Override
    public Subscription register() {
        return broadcaster.subscribe(EventFilter.all(), Start.now());
    }

    /// Adds a reader that events can be addressed to.
    ///
    /// @param session whose reader it is
    /// @return the new reader
    public Reader subscribe(SessionId session) {
        return new SubscriptionReader(register(session), lost);
    }

    /// Adds a subscriber that events can be addressed to and that nobody reads.
    ///
    /// @param session whose it is
    /// @return the subscription
    public Subscription register(SessionId session) {
        return broadcaster.subscribe(EventFilter.of(session, Owner.anonymous()), Start.now());
    }

    @Override
    public void publish() {
        broadcaster.publish(EVENT);
    }

    /// Publishes one event to one session.
    ///
    /// @param session whom it is for
    public void publish(SessionId session) {
        broadcaster.publish(EVENT.to(session));
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    /// How often a waiting reader was woken.
    ///
    /// @return a counter
    public long wakeUps() {
        return broadcaster.stats().wakeUps();
    }

    @Override
    public void close() {
        broadcaster.close();
    }

    private record SubscriptionReader(Subscription subscription, LongAdder lost) implements Reader {

        @Override
        public void take() throws InterruptedException {
            while (!isEvent(subscription.next()));
        }

        @Override
        public boolean poll() {
            var delivery = subscription.poll();
            delivery.ifPresent(this::isEvent);
            return delivery.isPresent();
        }

        private boolean isEvent(Delivery delivery) {
            return switch (delivery) {
                case Delivery.Next _ -> true;
                case Delivery.Idle() -> false;
                case Delivery.Lagged(var missed, var _) -> {
                    lost.add(missed);
                    yield false;
                }
                case Delivery.Closed(var cause) -> throw new IllegalStateException("subscription ended: " + cause);
            };
        }
    }
}
