package dev.mcpsession.benchmarks.fanout;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Sinks;

/// Reactor's multicast sink. Its subscribers have unbounded demand and pass events to a blocking reader. So a slow reader fills only its
/// own buffer, and not the sink's, which would block all subscribers.
final class ReactorFanOut implements FanOut {

    private static final Object EVENT = new Object();
    private static final Sinks.EmitFailureHandler RETRY = Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(10));

    private final Sinks.Many<Object> sink = Sinks.many().multicast().onBackpressureBuffer(SingleLockFanOut.BUFFER, false);
    private final LongAdder lost = new LongAdder();

    @Override
    public Reader subscribe() {
        var mailbox = new Mailbox(lost);
        sink.asFlux().subscribe(mailbox::put);
        return mailbox;
    }

    @Override
    public void publish() {
        sink.emitNext(EVENT, RETRY);
    }

    @Override
    public long lost() {
        return lost.sum();
    }

    @Override
    public void close() {
        sink.emitComplete(RETRY);
    }
}
