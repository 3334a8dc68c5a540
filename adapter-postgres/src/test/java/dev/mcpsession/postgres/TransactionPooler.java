package dev.mcpsession.postgres;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A pooler in transaction mode for one database and user, which does what was observed of PgBouncer 1.18: it hands out a server connection
/// for each transaction, the one that was returned last first. A notification reaches the client to which the server connection belongs
/// when it arrives; nobody gets it if that belongs to no client then. So LISTEN succeeds, and the listener hears its own transactions.
final class TransactionPooler implements AutoCloseable {

    private static final int PROTOCOL_3 = 3 << 16;

    private final ServerSocket entrance;
    private final int target;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private final ArrayList<Server> idle = new ArrayList<>();
    private boolean transactions = true;

    TransactionPooler(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// The same address, through this pooler.
    String through(String url) {
        return url.replace(":" + target + "/", ":" + entrance.getLocalPort() + "/");
    }

    DataSource source(String url) {
        var source = new PGSimpleDataSource();
        source.setURL(through(url));
        return source;
    }

    /// Switches between transaction mode and session mode, in which each client has the server connection that it had last.
    synchronized void handOutPerTransaction(boolean transactions) {
        this.transactions = transactions;
        if (!transactions) for (var server : new ArrayList<>(idle)) server.linkTo(server.client);
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                var client = new Client(entrance.accept());
                Thread.ofVirtual().start(client::run);
            } catch (IOException _) {
                // closed, or the client has gone
            }
        }
    }

    // Opens a connection if all are in use.
    private synchronized Server take(Client client) throws IOException {
        var server = idle.isEmpty() ? new Server(client.startup) : idle.getLast();
        server.linkTo(client);
        return server;
    }

    @Override
    public void close() {
        closeQuietly(entrance);
        open.forEach(TransactionPooler::closeQuietly);
    }

    private static void closeQuietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException _) {
            // closed already
        }
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        return body(in.readByte(), in);
    }

    private static byte[] body(int type, DataInputStream in) throws IOException {
        var length = in.readInt();
        var frame = new ByteArrayOutputStream(length + 1);
        frame.write(type);
        for (var shift = 24; shift >= 0; shift -= 8) frame.write(length >> shift);
        frame.write(in.readNBytes(length - 4));
        return frame.toByteArray();
    }

    private final class Client {

        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private byte[] startup;
        private Server server; // under the pooler's lock

        Client(Socket socket) throws IOException {
            this.socket = socket;
            open.add(socket);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void run() {
            try {
                start();
                for (var frame = frame(in); frame[0] != 'X'; frame = frame(in)) send(frame);
            } catch (IOException _) {
                // gone
            } finally {
                leave();
            }
        }

        private void start() throws IOException {
            startup = startupMessage();
            while (code(startup) != PROTOCOL_3) {
                if ((code(startup) & 1) == 0) throw new EOFException("cancels nothing");
                out.write('N'); // neither TLS nor GSS
                startup = startupMessage();
            }
            out.write(take(this).greeting);
            release();
        }

        private byte[] startupMessage() throws IOException {
            var message = body(0, in);
            return Arrays.copyOfRange(message, 1, message.length);
        }

        private static int code(byte[] startup) {
            return startup[4] << 24 | (startup[5] & 0xff) << 16 | (startup[6] & 0xff) << 8 | startup[7] & 0xff;
        }

        private void release() {
            synchronized (TransactionPooler.this) {
                server.release();
            }
        }

        private void send(byte[] frame) throws IOException {
            synchronized (TransactionPooler.this) {
                if (server == null) take(this);
                server.send(frame);
            }
        }

        private void leave() {
            open.remove(socket);
            closeQuietly(socket);
            synchronized (TransactionPooler.this) {
                if (server == null) return;
                if (server.isBusy()) closeQuietly(server.socket);
                server.unlink();
            }
        }
    }

    private final class Server {

        private final Socket socket;
        private final DataInputStream in;
        private final byte[] greeting;
        private Client client; // the last one, if it is idle
        private int unanswered;
        private boolean isPartial; // more of a request is to come
        private boolean inTransaction;

        Server(byte[] startup) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(socket);
            in = new DataInputStream(socket.getInputStream());
            socket.getOutputStream().write(startup);
            var said = new ByteArrayOutputStream();
            for (var frame = frame(in); ; frame = frame(in)) {
                said.write(frame);
                if (frame[0] == 'Z' || frame[0] == 'E') break;
            }
            greeting = said.toByteArray();
            Thread.ofVirtual().start(this::run);
        }

        void linkTo(Client next) {
            idle.remove(this);
            client = next;
            client.server = this;
        }

        void send(byte[] frame) throws IOException {
            isPartial = frame[0] != 'Q' && frame[0] != 'S';
            if (!isPartial) unanswered++;
            socket.getOutputStream().write(frame);
        }

        boolean isBusy() {
            return unanswered > 0 || isPartial || inTransaction;
        }

        void release() {
            if (transactions && !isBusy()) unlink();
        }

        void unlink() {
            if (client.server != this) return;
            client.server = null;
            if (!socket.isClosed()) idle.add(this);
        }

        private void run() {
            try {
                while (true) receive(frame(in));
            } catch (IOException _) {
                end();
            }
        }

        private void receive(byte[] frame) throws IOException {
            synchronized (TransactionPooler.this) {
                if (client.server != this) return; // a notification that nobody gets
                client.out.write(frame);
                if (frame[0] != 'Z') return;
                unanswered--;
                inTransaction = frame[5] != 'I';
                release();
            }
        }

        private void end() {
            open.remove(socket);
            closeQuietly(socket);
            synchronized (TransactionPooler.this) {
                idle.remove(this);
                if (client.server == this) closeQuietly(client.socket);
            }
        }
    }
}
