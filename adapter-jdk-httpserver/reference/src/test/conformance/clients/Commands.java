import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// A client's commands, one JSON object per line, and its answers. The JSON is simple enough to need no parser; each client has a different
/// one.
final class Commands {

    private static final Pattern COMMAND = Pattern.compile("\"command\":\"(\\w+)\"");
    private static final Pattern URL = Pattern.compile("\"url\":\"([^\"]+)\"");

    private Commands() {}

    /// A client under test.
    interface Client {

        void connect(String url) throws Exception;

        /// Lists the tools and returns how many there are.
        int list() throws Exception;

        /// Calls the tool `echo` and returns its text.
        String call(String text) throws Exception;

        void end() throws Exception;
    }

    /// Executes commands until there are no more, and exits.
    static void obey(Client client) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var command = find(COMMAND, line);
            try {
                say("{\"done\":\"%s\",\"result\":%s}".formatted(command, obey(client, command, line)));
            } catch (Exception | LinkageError e) {
                e.printStackTrace();
                say("{\"failed\":\"%s\"}".formatted(command));
            }
        }
        System.exit(0);
    }

    private static String obey(Client client, String command, String line) throws Exception {
        switch (command) {
            case "connect" -> client.connect(find(URL, line));
            case "list" -> {
                return Integer.toString(client.list());
            }
            case "call" -> {
                return '"' + client.call("hello") + '"';
            }
            case "end" -> client.end();
            default -> throw new IllegalArgumentException(command);
        }
        return "null";
    }

    private static String find(Pattern pattern, String line) {
        var found = pattern.matcher(line);
        if (!found.find()) throw new IllegalArgumentException(pattern + " must be in " + line);
        return found.group(1);
    }

    /// Reports a notification that reached the application.
    static void heard(String method) {
        say("{\"notification\":{\"method\":\"%s\"}}".formatted(method));
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }
}
