package dev.mcpsession.postgres.image;

import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;

/// Builds the image: a runtime with all modules of the server and the driver, a launcher, and a cache of what a first run loads.
///
/// Everything is linked. With the adapter and the driver on a module path beside the runtime, the JVM would refuse the cache as soon as the
/// image is moved.
///
/// @param home the image's directory
record Image(Path home) {

    // The last one has tools to look into a running server.
    private static final String MODULES = "dev.mcpsession.reference,dev.mcpsession.postgres,jdk.jcmd";

    /// Builds it.
    ///
    /// @param args the image's directory, the launcher, the path of the modules, and the driver
    static void main(String... args) throws IOException, InterruptedException {
        var image = new Image(Path.of(args[0]).toAbsolutePath());
        image.delete();
        Files.createDirectories(image.home.getParent());
        var driver = Files.createTempFile(image.home.getParent(), "driver-", ".jar");
        try {
            DriverModule.write(Path.of(args[3]), driver);
            image.link(args[2] + File.pathSeparator + driver);
        } finally {
            Files.delete(driver);
        }
        Files.copy(Path.of(args[1]), image.launcher());
        if (!image.launcher().toFile().setExecutable(true, false)) throw new IOException("cannot make executable: " + image.launcher());
        image.train();
    }

    /// The launcher.
    Path launcher() {
        return home.resolve("bin", "mcp-session");
    }

    /// What the JVM loads instead of classes.
    Path cache() {
        return home.resolve("lib", "mcp-session.aot");
    }

    private void delete() throws IOException {
        if (!Files.exists(home)) return;
        try (var files = Files.walk(home)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private void link(String modules) {
        var status = ToolProvider.findFirst("jlink").orElseThrow().run(System.out, System.err, "--module-path", modules,
                "--add-modules", MODULES, "--no-header-files", "--no-man-pages", "--output", home.toString());
        if (status != 0) throw new IllegalStateException("jlink failed: " + status);
    }

    // The JVM writes the cache when it ends. The path is relative because JAVA_OPTS is split at spaces.
    private void train() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient();
                var server = ImageServer.start(http, home, "-XX:AOTCacheOutput=" + home.relativize(cache()), List.of(launcher().toString()))) {
            server.exercise();
            server.terminate();
        }
        if (!Files.exists(cache())) throw new IOException("no cache was written: " + cache());
    }
}
