package dev.mcpsession.benchmarks.fanout;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Sinks;

/// Reactor's multicast sink, whose subscribers ask for everything and hand over to a blocking reader: so the buffer that fills
/// is the reader's and not the sink's, which one slow subscriber would fill for all.
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
