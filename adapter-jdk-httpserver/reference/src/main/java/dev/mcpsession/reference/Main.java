package dev.mcpsession.reference;

import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.httpserver.McpHttpServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Starts the reference server, prints its addresses, and drains it when the process is terminated.
///
/// Exits with status 1 if it cannot start and 2 if an argument is wrong; one line on standard error says why.
public final class Main {

    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Main() {}

    /// Runs the server.
    ///
    /// @param args see `--help`
    public static void main(String... args) {
        var build = System.getProperty("mcpsession.deleteAtExit");
        if (build != null) DeleteAtExit.start(Path.of(build));
        switch (CommandLine.parse(List.of(args))) {
            case CommandLine.Serve(var options) -> serve(options);
            case CommandLine.Help() -> System.out.print(CommandLine.HELP);
            case CommandLine.Misuse(var why) -> exit(MISUSED, why);
        }
    }

    private static void serve(Options options) {
        Optional<Backend> opened;
        try {
            opened = Backend.open(options.backend(), options.sessions(), options.events());
        } catch (IllegalArgumentException e) {
            exit(MISUSED, "--backend: " + e.getMessage());
            return;
        } catch (SessionStoreException e) {
            exit(FAILED, "cannot open backend " + options.shownBackend() + ": " + e.getMessage());
            return;
        }
        opened.ifPresentOrElse(
                backend -> serve(options, backend),
                () -> exit(MISUSED, "--backend: must be memory, or a JDBC URL such as jdbc:postgresql://127.0.0.1:5432/app if the Postgres "
                        + "adapter is there: " + options.shownBackend()));
    }

    private static void serve(Options options, Backend backend) {
        try {
            var server = ReferenceServer.start(options, backend);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server), "mcp-drain"));
            if (Boolean.getBoolean("mcpsession.exitWithParent")) ParentWatch.start();
            System.out.print(banner(server, options));
        } catch (IOException e) {
            backend.close();
            exit(FAILED, "cannot listen on " + options.host() + ':' + options.port() + ": " + e.getMessage());
        }
    }

    private static void drain(ReferenceServer server) {
        System.out.println("draining: streams end, and requests in progress are answered");
        server.close();
        System.out.println("drained");
    }

    private static String banner(ReferenceServer server, Options options) {
        var text = new StringBuilder("""
                mcp-session reference server is ready; Ctrl-C drains and ends it

                  MCP endpoint  %s
                  operator      %s
                  probes        %s, %s
                  backend       %s
                  hosts         loopback names%s
                  JDK properties in force
                """.formatted(
                server.uri(ReferenceServer.MCP), server.uri(Operator.PAGE), server.uri(ReferenceServer.LIVE),
                server.uri(ReferenceServer.READY), options.shownBackend(), furtherHosts(options)));
        new TreeMap<>(McpHttpServer.properties()).forEach((name, value) -> text.append("    %s = %s%n".formatted(name, value)));
        return text.toString();
    }

    private static String furtherHosts(Options options) {
        var hosts = options.allowed().hosts();
        return hosts.isEmpty() ? " alone; --allow-host adds others" : ", " + String.join(", ", new TreeSet<>(hosts));
    }

    private static void exit(int status, String why) {
        System.err.println(why);
        System.exit(status);
    }
}
