package dev.mcpsession.reference;

import java.util.List;

/// The parsed arguments of the command.
sealed interface CommandLine {

    /// The text that `--help` prints.
    String HELP = """
            Serves MCP over HTTP: sessions, event streams, a few sample tools.

              --host ADDRESS          where to listen (127.0.0.1)
              --port NUMBER           on which port, 0 for any that is free (8080)
              --operator-port NUMBER  on which port of loopback the operator's endpoints are, if --host is not loopback (0)
              --allow-host NAME       another name that clients may use for this server; repeatable
              --allow-origin URL      another origin whose scripts may call this server; repeatable
              --revisions LIST        which revisions of the protocol are served, separated by commas (all)
              --ttl DURATION          how long a session lives after its last use (PT30M)
              --revival DURATION      how long its owner can revive it after that, PT0S for never (PT24H)
              --heartbeat DURATION    how often a silent stream gets a comment (PT15S)
              --notice DURATION       how long the server, no longer ready, serves everything after SIGTERM (PT0S)
              --grace DURATION        how long calls may take after that (PT0.75S)
              --backend NAME          where sessions and events are kept: memory, or the JDBC URL of a Postgres database (memory)
              --state-keys FILE       the keys that seal what clients of 2026-07-28 keep between two calls: each line has 32 bytes
                                      in base64, the first one seals (a random key, which no other replica has)
              --help                  this text

            Durations are ISO-8601, such as PT1.5S. Names of loopback are always allowed. The operator's page
            and endpoints are on loopback; if --host is not, they have a port of their own.

            Ctrl-C or SIGTERM drains the server: streams end with a hint when to reconnect, requests in progress are answered.
            Exit status: 1 if the server cannot start, 2 if an argument is wrong; one line on standard error says why.
            """;

    /// Serves with these options.
    record Serve(Options options) implements CommandLine {}

    /// Prints the options.
    record Help() implements CommandLine {}

    /// A wrong argument.
    ///
    /// @param why one line
    record Misuse(String why) implements CommandLine {}

    /// Parses the arguments. Has no other effect.
    static CommandLine parse(List<String> args) {
        if (args.contains("--help")) return new Help();
        try {
            var options = Options.DEFAULT;
            for (var rest = args.iterator(); rest.hasNext(); ) options = options.with(rest.next(), rest);
            return new Serve(options);
        } catch (IllegalArgumentException e) {
            return new Misuse(e.getMessage());
        }
    }
}
