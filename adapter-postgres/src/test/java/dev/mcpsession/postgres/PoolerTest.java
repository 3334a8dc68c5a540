package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.postgres.server.PgDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Runs through a real PgBouncer in transaction mode where one is installed; [OutageTest] imitates its behaviour.
@Timeout(120)
class PoolerTest {

    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(10);

    @Test
    @ResourceLock(Warnings.RESOURCE)
    void open_throughATransactionPooler_isPolledAndSaid() throws Exception {
        var program = program();
        if (program.isEmpty()) {
            System.out.println("pgbouncer is not installed: only its imitation was tried");
            return;
        }
        try (var database = PgDatabase.create(); var pooler = new Pooler(program.get(), database); var warnings = new Warnings();
                var here = open(pooler.url()); var there = open(pooler.url())) {
            var opened = System.nanoTime();
            for (var each : List.of(here, there)) {
                while (!((PostgresBroadcaster) each.broadcaster()).isPolling()) Thread.sleep(20);
            }
            assertTrue(System.nanoTime() - opened < 2 * NOTICED_WITHIN.toNanos(), "this machine is busy, but not that busy");

            for (var n = 0; n < 20; n++) {
                try (var reader = there.broadcaster().subscribe(EventFilter.of(SessionId.random(), Owner.anonymous()), Start.now())) {
                    var id = here.broadcaster().publish(Event.of("test/event"));
                    var delivery = reader.next();
                    while (delivery instanceof Delivery.Idle) delivery = reader.next();
                    assertEquals(id, assertInstanceOf(Delivery.Next.class, delivery).id());
                }
            }
            assertEquals(2, warnings.about("LISTEN does not hear"));
        }
    }

    private static Backend open(String url) {
        return Backend.open(url, SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT).orElseThrow();
    }

    private static Optional<Path> program() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
                .map(directory -> Path.of(directory, "pgbouncer")).filter(Files::isExecutable).findFirst();
    }

    private static final class Pooler implements AutoCloseable {

        private final int port;
        private final String name;
        private final Process process;

        Pooler(Path program, PgDatabase database) throws Exception {
            var target = database.url().replaceFirst(".*//127.0.0.1:(\\d+)/.*", "$1");
            name = database.url().replaceFirst(".*/([^?]*).*", "$1");
            try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            var directory = Files.createTempDirectory("pgbouncer");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            var settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
                    [databases]
                    * = host=127.0.0.1 port=%s user=postgres
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %s
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = transaction
                    ignore_startup_parameters = extra_float_digits
                    """.formatted(target, "" + port) + (System.getProperty("user.name").equals("root") ? "user = nobody\n" : ""));
            process = new ProcessBuilder(program.toString(), settings.toString()).inheritIO()
                    .redirectError(directory.resolve("log").toFile()).start();
            awaitPort();
        }

        private void awaitPort() throws InterruptedException {
            while (true) {
                try (var socket = new Socket()) {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    return;
                } catch (IOException _) {
                    Thread.sleep(20);
                }
            }
        }

        String url() {
            return "jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?user=postgres&prepareThreshold=0";
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
