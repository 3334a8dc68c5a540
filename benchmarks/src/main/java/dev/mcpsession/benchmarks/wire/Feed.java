package dev.mcpsession.benchmarks.wire;

import java.io.IOException;
import java.io.OutputStream;

/// The source of events for the streams of [FeedStreams].
interface Feed {

    /// The reading end of one stream. Used by one thread.
    interface Tap extends AutoCloseable {

        /// Waits for the next event and writes its frame, without a flush.
        void writeNext(OutputStream out) throws IOException, InterruptedException;

        @Override
        void close();
    }

    Tap open();

    void publish(StreamEvent event);

    long lost();

    void close();
}
