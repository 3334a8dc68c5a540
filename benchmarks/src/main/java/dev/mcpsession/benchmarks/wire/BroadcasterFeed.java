package dev.mcpsession.benchmarks.wire;

import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.LongAdder;

/// This library's broadcaster.
final class BroadcasterFeed implements Feed {

    private final StripedBroadcaster broadcaster = new StripedBroadcaster(McpSessionStreams.OPTIONS);
    private final LongAdder lost = new LongAdder();

    @Override
    public Tap open() {
        return new SubscriptionTap(broadcaster.subscribe(EventFilter.all(), Start.now()), lost);
    }

    @Override
    public void publish(StreamEvent event) {
        broadcaster.publish(event.event());
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    @Override
    public void close() {
        broadcaster.close();
    }

    private record SubscriptionTap(Subscription subscription, LongAdder lost) implements Tap {

        @Override
        public void writeNext(OutputStream out) throws IOException, InterruptedException {
            switch (subscription.next()) {
                case Delivery.Next next -> next.frame().writeTo(out);
                case Delivery.Lagged(var missed, _, _) -> lost.add(missed);
                case Delivery.Idle() -> {}
                case Delivery.Closed(var cause) -> throw new IOException("subscription ended: " + cause);
            }
        }

        @Override
        public void close() {
            subscription.close();
        }
    }
}
