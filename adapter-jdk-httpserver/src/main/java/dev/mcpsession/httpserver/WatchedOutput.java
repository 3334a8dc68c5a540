package dev.mcpsession.httpserver;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/// The body of an answer. Every write is watched. A large write is split, so that its duration shows whether the client still reads, and
/// does not depend on the size.
///
/// The body also records whether closing it succeeded, which closing an exchange hides: see [#requireEnded].
///
/// Used by one thread.
final class WatchedOutput extends OutputStream {

    private static final int PIECE = 64 << 10;

    private final OutputStream out;
    private final Watchdog.Watch watch;
    private boolean closed;
    private boolean ended;

    WatchedOutput(OutputStream out, Watchdog.Watch watch) {
        this.out = out;
        this.watch = watch;
    }

    @Override
    public void write(int b) throws IOException {
        watch.run(() -> out.write(b));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        for (var done = 0; done < length; done += PIECE) writePiece(bytes, offset + done, Math.min(PIECE, length - done));
    }

    private void writePiece(byte[] bytes, int offset, int length) throws IOException {
        watch.run(() -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() throws IOException {
        watch.run(out::flush);
    }

    /// Closes the body once. A second close of a JDK body hides that the first one failed, and the JDK itself closes a body twice if it
    /// is too short.
    @Override
    public void close() throws IOException {
        if (closed) return;
        closed = true;
        watch.run(out::close);
        ended = true;
    }

    /// Called before the head is sent: an earlier close has closed nothing.
    void begin() {
        closed = false;
    }

    /// Whether closing the body succeeded, so that the connection may already be serving another request.
    boolean isEnded() {
        return ended;
    }

    /// Closes the body if it is still open, and throws if this or an earlier close failed.
    // The JDK's server counts a connection until it learns that the exchange has ended: from a successful close of the body, or from an
    // exception that leaves the handler. HttpExchange.close() swallows a failure to write the last bytes, so if the handler only closed the
    // exchange, the connection would be counted until the server stops.
    void requireEnded() throws IOException {
        close();
        if (!ended) throw new IOException("answer did not reach its end");
    }
}
