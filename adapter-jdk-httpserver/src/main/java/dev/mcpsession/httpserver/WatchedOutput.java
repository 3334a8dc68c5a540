package dev.mcpsession.httpserver;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/// A stream whose every write is watched. What is large is written in pieces, so that the time of a write says whether the
/// client goes on, and not how much there was to write.
final class WatchedOutput extends OutputStream {

    private static final int PIECE = 64 << 10;

    private final OutputStream out;
    private final Watchdog.Watch watch;

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

    @Override
    public void close() throws IOException {
        watch.run(out::close);
    }
}
