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

/// A population that reads, each member in a virtual thread of its own, and writes each event into a buffer as a stream does:
/// a session the frame as it stands, a listen with its own `_meta`. Published to by one thread.
public final class Crowd implements AutoCloseable {

    /// Longer than any measurement: a heartbeat would wake those who wait.
    private static final Duration HEARTBEAT = Duration.ofHours(1);

    private final StripedBroadcaster broadcaster = new StripedBroadcaster(BroadcasterOptions.builder().heartbeat(HEARTBEAT).build());
    private final LongAdder lost = new LongAdder();
    private final List<Stream> streams;
    private final List<Post> posts;
    private final Readers readers;
    private int next;
    private long wanted;

    /// Subscribes all, and lets them read.
    ///
    /// @param population who they are
    /// @param count      how many
    /// @param arrivals   is told of each event that a member has
    public Crowd(Population population, int count, Arrivals arrivals) {
        var members = population.members(count);
        streams = members.stream().map(member -> new Stream(broadcaster.subscribe(member.filter(), Start.now()), member.tag(), arrivals, lost)).toList();
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

    /// By how many the next event is wanted.
    ///
    /// @return at least 1
    public int nextWanted() {
        return posts.get(next).wanted();
    }

    /// Whether the next event is for all members that ask for such, and not for a few.
    ///
    /// @return whether it makes the broadcaster wake everyone
    public boolean isNextForAll() {
        return posts.get(next).event().method().endsWith("/list_changed");
    }

    /// How many deliveries all that was published was to lead to.
    ///
    /// @return a counter
    public long wanted() {
        return wanted;
    }

    /// How many events members were told that they have lost.
    ///
    /// @return a counter, exact once all is quiet
    public long lost() {
        return lost.sum();
    }

    /// How often a waiting member was woken.
    ///
    /// @return a counter
    public long wakeUps() {
        return broadcaster.stats().wakeUps();
    }

    /// Waits, asleep, until all wait again.
    public void awaitParked() {
        readers.awaitParked();
    }

    /// Requires that each member has had exactly what was for it. To be called when all is quiet.
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
        private long received; // the reader's; told by the arrival

        Stream(Subscription subscription, Optional<SubscriptionTag> tag, Arrivals arrivals, LongAdder lost) {
            this.subscription = subscription;
            this.tag = tag;
            this.arrivals = arrivals;
            this.lost = lost;
        }

        /// Some events, of which the caller tells the last. As in an event stream, the loop is entered anew now and then: a virtual
        /// thread keeps the frame of one that was compiled otherwise when it entered it, and each wait in it costs thrice as much.
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
                case Delivery.Lagged(var missed, var _) -> {
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

    /// As small as a frame, and written over by the next one.
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
