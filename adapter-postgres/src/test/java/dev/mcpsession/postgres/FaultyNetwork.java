package dev.mcpsession.postgres;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A proxy to a local server that fails as networks do: it cuts connections, silently swallows everything, or loses the answer to
/// a statement that was executed.
final class FaultyNetwork implements AutoCloseable {

    private final ServerSocket entrance;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private volatile boolean silent;

    FaultyNetwork(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// The same address, through this network.
    String through(String url) {
        return url.replace(":" + target + "/", ":" + entrance.getLocalPort() + "/");
    }

    /// Resets all connections.
    void cut() {
        links.forEach(Link::close);
    }

    /// From now on nothing arrives, no connection fails, and new ones are accepted.
    void swallow() {
        silent = true;
    }

    /// Delivers everything again, including what was on its way.
    void heal() {
        synchronized (this) {
            silent = false;
            notifyAll();
        }
        links.forEach(Link::release);
    }

    /// Lets this many statements reach the server, and cuts their connections when it answers.
    void loseAnswers(int count) {
        answersToLose.set(count);
    }

    int answersToLose() {
        return answersToLose.get();
    }

    int connections() {
        return links.size();
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                var client = entrance.accept();
                Thread.ofVirtual().start(() -> link(client));
            } catch (IOException _) {
                // closed, or the client has gone
            }
        }
    }

    private void link(Socket client) {
        try {
            awaitSound();
            var link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
            links.add(link);
            link.start();
        } catch (IOException | InterruptedException _) {
            close(client); // the server is down
        }
    }

    private synchronized void awaitSound() throws InterruptedException {
        while (silent) wait();
    }

    private static void close(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // a reset instead of a regular end
        } catch (IOException _) {
            // closed already
        }
        try {
            socket.close();
        } catch (IOException _) {
            // closed already
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        heal();
        cut();
    }

    private final class Link implements AutoCloseable {

        private final Way toServer;
        private final Way toClient;
        private volatile boolean losing;

        Link(Socket client, Socket server) throws IOException {
            toServer = new Way(client, server);
            toClient = new Way(server, client);
        }

        void start() {
            Thread.ofVirtual().start(() -> pump(toServer, true));
            Thread.ofVirtual().start(() -> pump(toClient, false));
        }

        private void pump(Way way, boolean isQuestion) {
            var buffer = new byte[8192];
            try {
                for (var n = way.from.getInputStream().read(buffer); n > 0; n = way.from.getInputStream().read(buffer)) {
                    if (isQuestion && isStatement(buffer[0]) && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) losing = true;
                    if (!isQuestion && losing) return; // executed, but the answer is lost
                    way.send(buffer, n);
                }
            } catch (IOException _) {
                // cut
            } finally {
                close();
            }
        }

        /// Whether this is a statement with values, rather than a part of opening a connection.
        private static boolean isStatement(byte first) {
            return first == 'P' || first == 'B';
        }

        void release() {
            try {
                toServer.send(new byte[0], 0);
                toClient.send(new byte[0], 0);
            } catch (IOException _) {
                close();
            }
        }

        @Override
        public void close() {
            links.remove(this);
            FaultyNetwork.close(toServer.from);
            FaultyNetwork.close(toClient.from);
        }
    }

    /// One direction of a connection. Keeps what is sent while the network swallows, as the sender's TCP would.
    private final class Way {

        private final Socket from;
        private final Socket to;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        Way(Socket from, Socket to) {
            this.from = from;
            this.to = to;
        }

        synchronized void send(byte[] bytes, int length) throws IOException {
            kept.write(bytes, 0, length);
            if (silent) return;
            kept.writeTo(to.getOutputStream());
            kept.reset();
        }
    }
}
