package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.Session;
import dev.mcpsession.SessionStore;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Tools that show the use of a session. They keep client data in the session's state, so that every replica finds it and it disappears
/// with the session.
final class SampleTools {

    private static final String CALLS = "whoamiCalls";
    private static final String MEMORY = "memory";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int MAX_DESCRIPTION = 1_000;

    private final SessionStore store;
    private final Broadcaster broadcaster;
    private final Board board;
    private final Toolbox toolbox;
    private final InstantSource clock = InstantSource.system();

    private SampleTools(Backend backend, Board board, Toolbox toolbox) {
        store = backend.store();
        broadcaster = backend.broadcaster();
        this.board = board;
        this.toolbox = toolbox;
    }

    /// Adds all sample tools to a toolbox.
    ///
    /// @param backend has the sessions, and publishes changes of the toolbox
    /// @param board   the board on which a tool writes
    static void addTo(Toolbox toolbox, Backend backend, Board board) {
        new SampleTools(backend, board, toolbox).addAll();
    }

    private void addAll() {
        add("echo", "Says what it is told.", """
                {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}""",
                arguments -> Tool.string(arguments, "text"));
        toolbox.add(Tool.ofText("whoami", "Tells what the server knows of this session, and how often it was asked.",
                Tool.NO_ARGUMENTS, _ -> whoami().toString()));
        add("remember", "Keeps a text in this session.", """
                {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "string"}},
                 "required": ["key", "value"]}""",
                arguments -> remember(Tool.string(arguments, "key"), Tool.string(arguments, "value")));
        add("recall", "Tells a text that this session keeps.", """
                {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}""",
                arguments -> recall(Tool.string(arguments, "key")));
        add("add_tool", "Adds a tool that says its name, and tells every client.", """
                {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"},
                 "description": {"type": "string", "maxLength": 1000}}, "required": ["name"]}""",
                this::addTool);
        add("write_board", "Writes a text on the board, and tells those who subscribed to it.", """
                {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}""",
                arguments -> write(Tool.string(arguments, "text")));
        toolbox.add(Tool.ofText("test_simple_text", "Says one sentence, always the same.",
                Tool.NO_ARGUMENTS, _ -> "This is a simple text response for testing."));
    }

    private void add(String name, String description, String inputSchema, Function<Json.Obj, String> action) {
        toolbox.add(Tool.ofText(name, description, Json.parse(inputSchema), action));
    }

    /// Two concurrent calls count as two: on a conflict the store repeats the function.
    private Json.Obj whoami() {
        var session = alive(store.updateState(current().id(), state -> state.with(CALLS, calls(state) + 1)));
        return Json.obj()
                .with("owner", session.owner().isAnonymous() ? "anonymous" : "known")
                .with("client", session.client().name())
                .with("protocolVersion", session.client().protocolVersion())
                .with("ageSeconds", Duration.between(session.createdAt(), clock.instant()).toSeconds())
                .with("calls", calls(session.state()));
    }

    private static long calls(Json.Obj state) {
        return state.integer(CALLS).orElse(0);
    }

    private String remember(String key, String value) {
        alive(store.updateState(current().id(), state -> state.with(MEMORY, memory(state).with(key, value))));
        return "remembered";
    }

    /// Reads the store, because the caller's session is a snapshot from the request's arrival, and a batch may have changed it since.
    private String recall(String key) {
        return memory(alive(store.find(current().id())).state()).string(key)
                .orElseThrow(() -> new Tool.Failure("nothing is remembered by this key"));
    }

    private static Json.Obj memory(Json.Obj state) {
        return state.object(MEMORY).orElse(Json.obj());
    }

    private String addTool(Json.Obj arguments) {
        var name = Tool.string(arguments, "name");
        var description = arguments.get("description").isEmpty() ? "Says its name." : Tool.string(arguments, "description");
        if (!NAME.matcher(name).matches()) throw new Tool.Failure("name must be 1 to 64 of A-Z, a-z, 0-9, _, . and -");
        if (description.length() > MAX_DESCRIPTION) {
            throw new Tool.Failure("description must be at most " + MAX_DESCRIPTION + " characters: " + description.length());
        }
        toolbox.add(Tool.ofText(name, description, Tool.NO_ARGUMENTS, _ -> name));
        broadcaster.publish(Event.toolsChanged());
        return "added " + name;
    }

    private String write(String text) {
        board.write(text);
        return "written";
    }

    private static Session current() {
        return Caller.current().session().orElseThrow(() -> new Tool.Failure("there is no session"));
    }

    private static Session alive(Optional<Session> session) {
        return session.orElseThrow(() -> new Tool.Failure("the session has ended"));
    }
}
