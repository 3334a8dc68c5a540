package dev.mcpsession.benchmarks.races;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Subscription;
import java.time.Duration;

/// A small broadcaster, the events that the races publish, and how they spell what was delivered.
///
/// Events are single letters, one for each delivery: a big one is for everyone, a small one for the session.
final class Traffic {

    static final SessionId SESSION = new SessionId("session");
    static final EventFilter ALL = EventFilter.all();
    static final EventFilter OF_SESSION = EventFilter.of(SESSION, Owner.anonymous());
    static final EventId START = new EventId("0", 0);

    static final BroadcasterOptions SMALL =
            BroadcasterOptions.builder().stripes(1).ringEntries(8).ringBytes(16L << 20).heartbeat(Duration.ofHours(1)).build();

    private Traffic() {}

    static StripedBroadcaster broadcaster() {
        return broadcaster(SMALL);
    }

    static StripedBroadcaster broadcaster(int ringEntries) {
        return broadcaster(SMALL.toBuilder().ringEntries(ringEntries).ringBytes(SMALL.ringBytes()).build());
    }

    static StripedBroadcaster broadcaster(BroadcasterOptions options) {
        return new StripedBroadcaster(options, START); // a random epoch would take longer than the race
    }

    static Event event(char letter) {
        var event = Event.of(String.valueOf(letter));
        return Character.isLowerCase(letter) ? event.to(SESSION) : event;
    }

    static void publish(StripedBroadcaster broadcaster, String letters) {
        for (var letter : letters.toCharArray()) broadcaster.publish(event(letter));
    }

    /// Spells what is there without waiting, up to an end.
    static String drained(Subscription reader) {
        var spelt = new StringBuilder();
        for (var next = reader.poll(); next.isPresent(); next = reader.poll()) {
            spelt.append(spelt(next.get()));
            if (next.get() instanceof Delivery.Closed) break;
        }
        return spelt.toString();
    }

    static String spelt(Delivery delivery) {
        return switch (delivery) {
            case Delivery.Next next -> next.event().method();
            case Delivery.Lagged(var missed, _, _) -> "-" + missed;
            case Delivery.Idle() -> ".";
            case Delivery.Closed(var cause) -> switch (cause) {
                case CANCELLED -> "!";
                case SESSION_ENDED, OWNER_ENDED -> "$";
                case TAKEN_OVER -> ">";
                case BROADCASTER_CLOSED -> "#";
            };
        };
    }
}
