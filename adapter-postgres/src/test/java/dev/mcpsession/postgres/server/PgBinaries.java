package dev.mcpsession.postgres.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// The programs of a Postgres server, unpacked from their jar once for each version and user of this machine.
final class PgBinaries {

    private static final Map<String, String> PLATFORMS = Map.of("amd64", "x86_64", "aarch64", "arm_64");

    private PgBinaries() {}

    /// The directory of `bin/postgres`. Readable to all, since a server must not run as root.
    static Path home() {
        var arch = System.getProperty("os.arch");
        var archive = PgBinaries.class.getClassLoader().getResource("postgres-linux-" + PLATFORMS.getOrDefault(arch, arch) + ".txz");
        if (archive == null || !System.getProperty("os.name").equals("Linux")) {
            throw new IllegalStateException("no Postgres for " + System.getProperty("os.name") + " on " + arch
                    + " is on the class path; name one with -Dpg.url=jdbc:postgresql://…");
        }
        try {
            return unpacked(archive);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack " + archive, e);
        }
    }

    private static Path unpacked(URL archive) throws IOException {
        var user = System.getProperty("user.name");
        var home = Path.of(System.getProperty("java.io.tmpdir"), "mcp-session-" + jarName(archive) + "-of-" + user);
        if (!Files.exists(home)) {
            var fresh = Files.createTempDirectory("mcp-session-postgres-");
            unpack(archive, fresh);
            moveUnlessThere(fresh, home);
            PgDirectory.deleteAll(fresh);
        }
        // Other users can guess the name.
        if (!Files.getOwner(home).getName().equals(user)) throw new IOException(home + " must belong to " + user);
        return home;
    }

    private static String jarName(URL archive) {
        return archive.getPath().replaceFirst("!.*", "").replaceFirst(".*/", "").replaceFirst("\\.jar$", "");
    }

    // In one step, so that no other JVM sees a part of the directory.
    private static void moveUnlessThere(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(home)) throw e; // otherwise another JVM was faster
        }
    }

    private static void unpack(URL archive, Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var tar = new TarArchiveInputStream(new XZInputStream(archive.openStream()))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(entry, tar, directory.resolve(entry.getName()));
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            var executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
