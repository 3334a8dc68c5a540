package dev.mcpsession.dialog;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpsession.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// A client at the other end of an answer. It can take JSON alone, go away, and stop reading.
final class TestChannel implements AnswerChannel {

    private static final String DATA = "event: message\ndata: ";

    private final boolean takesEventStream;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LinkedBlockingQueue<Json.Obj> messages = new LinkedBlockingQueue<>();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile boolean gone;
    private volatile boolean wasInterrupted;
    private volatile boolean ended;

    TestChannel(boolean takesEventStream) {
        this.takesEventStream = takesEventStream;
    }

    @Override
    public boolean takesEventStream() {
        return takesEventStream;
    }

    @Override
    public OutputStream stream() throws IOException {
        requireThere();
        return new OutputStream() {

            @Override
            public void write(int b) {
                throw new AssertionError("bytes must come together");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                take(new String(bytes, offset, length, UTF_8));
            }

            @Override
            public void close() throws IOException {
                requireThere();
                ended = true;
            }
        };
    }

    private void take(String text) throws IOException {
        requireThere();
        wasInterrupted |= Thread.currentThread().isInterrupted();
        reading.lock();
        try {
            written.writeBytes(text.getBytes(UTF_8));
            if (text.startsWith(DATA)) messages.add((Json.Obj) Json.parse(text.substring(DATA.length()).strip()));
        } finally {
            reading.unlock();
        }
    }

    private void requireThere() throws IOException {
        if (gone) throw new IOException("client went away, as this test wants it");
    }

    @Override
    public void reply(int status, byte[] json) throws IOException {
        requireThere();
        written.writeBytes((status + " ").getBytes(UTF_8));
        written.writeBytes(json);
        ended = true;
    }

    void leave() {
        gone = true;
    }

    /// Held by a test while the client does not read.
    ReentrantLock reading() {
        return reading;
    }

    String written() {
        return written.toString(UTF_8);
    }

    List<Json.Obj> unread() {
        return List.copyOf(messages);
    }

    boolean hasEnded() {
        return ended;
    }

    boolean wasInterrupted() {
        return wasInterrupted;
    }

    /// The next message that the client has received.
    Json.Obj next() throws InterruptedException {
        var message = messages.poll(30, TimeUnit.SECONDS);
        if (message == null) throw new AssertionError("no message in 30 s; written: " + written());
        return message;
    }
}
