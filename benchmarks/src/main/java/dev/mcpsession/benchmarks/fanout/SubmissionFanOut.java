package dev.mcpsession.benchmarks.fanout;

import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.LongAdder;

/// The JDK's [SubmissionPublisher] with buffers of 32, whose subscribers pass events to a blocking reader.
///
/// Subscribing walks the list of all subscribers, so 100,000 would take minutes. It is measured with at most 10,000.
final class SubmissionFanOut implements FanOut {

    private static final Object EVENT = new Object();

    private final SubmissionPublisher<Object> publisher =
            new SubmissionPublisher<>(ForkJoinPool.commonPool(), SingleLockFanOut.BUFFER);
    private final LongAdder lost = new LongAdder();

    @Override
    public Reader subscribe() {
        var mailbox = new Mailbox(lost);
        publisher.subscribe(new Feeder(mailbox));
        return mailbox;
    }

    @Override
    public void publish() {
        publisher.offer(EVENT, (_, _) -> {
            lost.increment();
            return false;
        });
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    @Override
    public void close() {
        publisher.close();
    }

    private record Feeder(Mailbox mailbox) implements Flow.Subscriber<Object> {

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object event) {
            mailbox.put(event);
        }

        @Override
        public void onError(Throwable failure) {
            throw new IllegalStateException(failure);
        }

        @Override
        public void onComplete() {}
    }
}
