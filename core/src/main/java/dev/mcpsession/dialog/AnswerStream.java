package dev.mcpsession.dialog;

import static java.lang.System.Logger.Level.DEBUG;

import dev.mcpsession.Caller;
import dev.mcpsession.event.EventStreamFormat;
import dev.mcpsession.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The answer to one JSON-RPC request: notifications and requests that concern it, and then its response.
///
/// The answer becomes an event stream with the first notification or request, or when the handler has been silent for a heartbeat; a
/// heartbeat is a comment. An answer that has only a response is plain JSON. If the client's `Accept` does not name `text/event-stream`,
/// the answer is always plain JSON, and notifications are dropped.
///
/// A client can cancel the call by `notifications/cancelled`, which reaches [ClientRequests#deliver] on any replica. In 2026-07-28 it
/// cancels by closing the stream, which is noticed by a heartbeat or another write; in earlier revisions that is no cancellation. The
/// handler learns of it by [#onCancel], [#interruptibly] or [#isCancelled]. A cancelled answer ends without its response.
///
/// Thread-safe. Opened by [ClientRequests#answer], and closed by the handler before it returns.
public final class AnswerStream implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(AnswerStream.class.getName());
    private static final byte[] KEEP_ALIVE = EventStreamFormat.keepAlive();

    // Held while the connection is written, so only a thread that may wait for a client takes it. An interrupt of the handler is sent
    // under it: otherwise it could hit a write, which would cut the connection.
    private final ReentrantLock lock = new ReentrantLock();
    private final Caller caller;
    private final Json id;
    private final AnswerChannel channel;
    private final Consumer<AnswerStream> onEnd;
    private final Cancellation cancellation = new Cancellation();
    private OutputStream body; // null until the stream begins
    private Thread worker; // interrupted by a cancellation; null if none
    private boolean hasEnded; // nothing more can be written
    private boolean isComplete; // there is nothing more to say
    private volatile long lastWrite = System.nanoTime();

    /// @param onEnd called once the answer is complete or closed; may be called again
    AnswerStream(Caller caller, Json id, AnswerChannel channel, Consumer<AnswerStream> onEnd) {
        this.caller = caller;
        this.id = id;
        this.channel = channel;
        this.onEnd = onEnd;
    }

    /// {@return the sender of the request, and its session}
    public Caller caller() {
        return caller;
    }

    /// {@return the request's id: a string or a number}
    public Json id() {
        return id;
    }

    /// {@return whether notifications can reach the client, because it accepts an event stream}
    public boolean takesEventStream() {
        return channel.takesEventStream();
    }

    /// Sends a notification that concerns this request, such as `notifications/progress`.
    ///
    /// @param method the notification's method
    /// @param params its params
    /// @return false if it was dropped: the client takes no event stream or went away, or the answer has ended
    public boolean notification(String method, Json.Obj params) {
        return send(Json.obj().with("jsonrpc", "2.0").with("method", method).with("params", params));
    }

    /// Sends a request, whose response comes in another POST.
    ///
    /// @return false if it was not sent
    boolean request(String requestId, String method, Json.Obj params) {
        return send(Json.obj().with("jsonrpc", "2.0").with("id", requestId).with("method", method).with("params", params));
    }

    private boolean send(Json.Obj message) {
        return channel.takesEventStream() && write(EventStreamFormat.message(message));
    }

    /// Sends the response, with status 200, and completes the answer.
    ///
    /// @param message the JSON-RPC response
    /// @throws IOException           if the client went away
    /// @throws IllegalStateException if the answer has a response already
    public void response(Json.Obj message) throws IOException {
        response(200, message);
    }

    /// Sends the response, and completes the answer. A cancelled answer ends without it, unless the client takes JSON alone.
    ///
    /// @param status  the HTTP status if the answer has not become an event stream
    /// @param message the JSON-RPC response
    /// @throws IOException           if the client went away
    /// @throws IllegalStateException if the answer has a response already
    public void response(int status, Json.Obj message) throws IOException {
        lock.lock();
        try {
            if (isComplete) throw new IllegalStateException("answer must have one response");
            isComplete = true;
            if (hasEnded) throw new IOException("client went away");
            hasEnded = true;
            uninterrupted(() -> complete(status, message));
        } finally {
            lock.unlock();
            onEnd.accept(this);
        }
    }

    private void complete(int status, Json.Obj message) throws IOException {
        var isDropped = cancellation.isRequested() && channel.takesEventStream();
        if (isDropped) begin();
        if (body == null) {
            channel.reply(status, message.toUtf8());
            return;
        }
        if (!isDropped) body.write(EventStreamFormat.message(message));
        body.close();
    }

    /// {@return whether the client has cancelled the call}
    public boolean isCancelled() {
        return cancellation.isRequested();
    }

    /// Runs an action once if the client cancels the call; at once if it has cancelled already. It runs in a thread of its own otherwise.
    ///
    /// @param action such as one that closes what the tool waits for
    public void onCancel(Runnable action) {
        cancellation.add(action);
    }

    void removeOnCancel(Runnable action) {
        cancellation.remove(action);
    }

    /// Runs a task in this thread, which is interrupted if the client cancels the call. The interrupt does not outlive the task, and never
    /// hits a write of this answer.
    ///
    /// @param <T>  the task's result
    /// @param task the task
    /// @return the task's result
    /// @throws InterruptedException if the call is cancelled already
    /// @throws Exception            if the task throws it
    public <T> T interruptibly(Callable<? extends T> task) throws Exception {
        setWorker(Thread.currentThread());
        try {
            return task.call();
        } finally {
            unsetWorker();
        }
    }

    private void setWorker(Thread thread) throws InterruptedException {
        lock.lock();
        try {
            if (isCancelled()) throw new InterruptedException("call is cancelled");
            worker = thread;
        } finally {
            lock.unlock();
        }
    }

    private void unsetWorker() {
        lock.lock();
        try {
            worker = null;
            if (isCancelled()) Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /// Cancels the call, unless it is complete. Waits for a write that is under way.
    void cancel() {
        lock.lock();
        try {
            if (isComplete || !cancellation.request()) return;
            if (worker != null) worker.interrupt();
        } finally {
            lock.unlock();
        }
        cancellation.run();
    }

    /// Whether a heartbeat is due. Does not wait.
    boolean isSilentFor(Duration time) {
        return channel.takesEventStream() && System.nanoTime() - lastWrite >= time.toNanos();
    }

    /// Sends a heartbeat, unless something else is being sent.
    void beat() {
        if (!lock.tryLock()) return;
        try {
            if (!hasEnded) write(KEEP_ALIVE);
        } finally {
            lock.unlock();
        }
    }

    private boolean write(byte[] bytes) {
        lock.lock();
        try {
            if (hasEnded) return false;
            uninterrupted(() -> {
                begin();
                body.write(bytes);
                body.flush();
            });
            lastWrite = System.nanoTime();
            return true;
        } catch (IOException e) {
            hasEnded = true;
            LOG.log(DEBUG, () -> "client of " + this + " went away", e);
        } finally {
            lock.unlock();
        }
        if (caller.session().isEmpty()) Thread.ofVirtual().start(this::cancel); // since 2026-07-28
        return false;
    }

    private void begin() throws IOException {
        if (body == null) body = channel.stream();
    }

    @FunctionalInterface
    private interface Writing {

        void run() throws IOException;
    }

    /// An interrupt that is pending, such as that of a cancellation, would cut the connection.
    private static void uninterrupted(Writing writing) throws IOException {
        var interrupted = Thread.interrupted();
        try {
            writing.run();
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /// Ends the answer. Without a response an event stream is cut, so that it does not look complete; if nothing was sent, the handler may
    /// still answer in another way. Idempotent.
    ///
    /// @throws IOException if a stream has begun and there was no response
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (isComplete) return;
            isComplete = true;
            hasEnded = true;
            if (body != null) throw new IOException("answer must have a response");
        } finally {
            lock.unlock();
            onEnd.accept(this);
        }
    }

    /// {@return the answer's name in log lines}
    @Override
    public String toString() {
        return "answer to " + caller.session().map(session -> "session " + session.id()).orElse("a stateless request");
    }
}
