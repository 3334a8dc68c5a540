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

    /// A message and not a signal, so that a lost one stays lost and is counted.
    private static final Event EVENT = Event.of("notifications/message", Json.obj().with("level", "info").with("data", "42"));

    /// Longer than any measurement, because a heartbeat would wake waiting readers and be counted like an event.
    private static final Duration HEARTBEAT = Duration.ofHours(1);

    private final StripedBroadcaster broadcaster;
    private final LongAdder lost = new LongAdder();

    /// Opens a broadcaster whose other options are the defaults.
    ///
    /// @param stripes the number of lists over which waiting readers are spread
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

    /// Adds a reader to which events can be addressed.
    ///
    /// @param session the reader's session
    /// @return the new reader
    public Reader subscribe(SessionId session) {
        return new SubscriptionReader(register(session), lost);
    }

    /// Adds a subscriber to which events can be addressed, and which is never read.
    ///
    /// @param session the subscriber's session
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
    /// @param session the addressee
    public void publish(SessionId session) {
        broadcaster.publish(EVENT.to(session));
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    /// {@return how often a waiting reader was woken}
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
                case Delivery.Lagged(var missed, _, _) -> {
                    lost.add(missed);
                    yield false;
                }
                case Delivery.Closed(var cause) -> throw new IllegalStateException("subscription ended: " + cause);
            };
        }
    }
}
