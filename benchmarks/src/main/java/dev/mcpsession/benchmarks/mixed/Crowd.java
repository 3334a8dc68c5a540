package dev.mcpsession.benchmarks.mixed;

import dev.mcpsession.benchmarks.fanout.Arrivals;
import dev.mcpsession.benchmarks.fanout.FanOut;
import dev.mcpsession.benchmarks.fanout.Readers;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.SubscriptionTag;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/// A population of readers, each in its own virtual thread. Like an event stream, a member writes each event into a buffer: a session
/// writes the unchanged frame, a listen adds its own `_meta`. One thread publishes.
public final class Crowd implements AutoCloseable {

    /// Longer than any measurement, because a heartbeat would wake waiting readers.
    private static final Duration HEARTBEAT = Duration.ofHours(1);

    private final StripedBroadcaster broadcaster = new StripedBroadcaster(BroadcasterOptions.builder().heartbeat(HEARTBEAT).build());
    private final LongAdder lost = new LongAdder();
    private final List<Stream> streams;
    private final List<Post> posts;
    private final Readers readers;
    private int next;
    private long wanted;

    /// Subscribes all members, and starts their threads.
    ///
    /// @param population the population
    /// @param count      the number of members
    /// @param arrivals   notified of each event that a member has received
    public Crowd(Population population, int count, Arrivals arrivals) {
        var members = population.members(count);
        streams = members.stream()
                .map(member -> new Stream(broadcaster.subscribe(member.filter(), Start.now()), member.tag(), arrivals, lost)).toList();
        posts = population.events(members).stream().map(event -> new Post(event, members)).filter(post -> post.wanted() > 0).toList();
        readers = new Readers(streams, Long.MAX_VALUE, arrivals);
    }

    /// Publishes the next event.
    public void publish() {
        var post = posts.get(next);
        next = (next + 1) % posts.size();
        wanted += post.wanted();
        post.countPublished();
        broadcaster.publish(post.event());
    }

    /// {@return how many members want the next event; at least 1}
    public int nextWanted() {
        return posts.get(next).wanted();
    }

    /// {@return whether the next event is a list change, for which the broadcaster wakes everyone, and not one for a few members}
    public boolean isNextForAll() {
        return posts.get(next).event().method().endsWith("/list_changed");
    }

    /// {@return the number of deliveries that all published events should lead to}
    public long wanted() {
        return wanted;
    }

    /// {@return the number of events reported to members as lost; exact once all is quiet}
    public long lost() {
        return lost.sum();
    }

    /// {@return how often a waiting member was woken}
    public long wakeUps() {
        return broadcaster.stats().wakeUps();
    }

    /// Waits without spinning until all members wait again.
    public void awaitParked() {
        readers.awaitParked();
    }

    /// Requires that each member has received exactly the events for it. Called when all is quiet.
    ///
    /// @throws IllegalStateException if one has not
    public void requireExact() {
        var wrong = IntStream.range(0, streams.size()).filter(i -> streams.get(i).received != expectedBy(i)).count();
        if (wrong > 0) throw new IllegalStateException("each must have exactly what it asked for; have not: " + wrong);
    }

    private long expectedBy(int member) {
        return posts.stream().mapToLong(post -> post.expectedBy(member)).sum();
    }

    @Override
    public void close() {
        readers.close();
        broadcaster.close();
    }

    private static final class Stream implements FanOut.Reader {

        private static final int EVENTS_PER_ENTRY = 16;

        private final Subscription subscription;
        private final Optional<SubscriptionTag> tag;
        private final Arrivals arrivals;
        private final LongAdder lost;
        private final Buffer buffer = new Buffer();
        private long received; // written by the reader, published by the arrival

        Stream(Subscription subscription, Optional<SubscriptionTag> tag, Arrivals arrivals, LongAdder lost) {
            this.subscription = subscription;
            this.tag = tag;
            this.arrivals = arrivals;
            this.lost = lost;
        }

        /// Takes some events; the caller reports the last one. As in an event stream, the loop is left and entered again now and then: a
        /// virtual thread keeps the frame with the compiled code of its entry, and each wait in outdated code costs three times as much.
        @Override
        public void take() throws InterruptedException {
            for (var i = 1; i < EVENTS_PER_ENTRY; i++) {
                takeOne();
                arrivals.arrived();
            }
            takeOne();
        }

        private void takeOne() throws InterruptedException {
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
                case Delivery.Next next -> {
                    write(next);
                    received++;
                    yield true;
                }
                case Delivery.Idle() -> false;
                case Delivery.Lagged(var missed, _, _) -> {
                    lost.add(missed);
                    yield false;
                }
                case Delivery.Closed(var cause) -> throw new IllegalStateException("subscription ended: " + cause);
            };
        }

        private void write(Delivery.Next next) {
            buffer.size = 0;
            try {
                if (tag.isPresent()) next.frame().writeTo(tag.get(), buffer);
                else next.frame().writeTo(buffer);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// As small as a frame; the next frame overwrites it.
    private static final class Buffer extends OutputStream {

        private static final int LONGEST_FRAME = 512;

        private final byte[] bytes = new byte[LONGEST_FRAME];
        private int size;

        @Override
        public void write(int b) {
            bytes[size++] = (byte) b;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            System.arraycopy(from, offset, bytes, size, length);
            size += length;
        }
    }
}
