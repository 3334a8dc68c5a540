package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.Handles;
import dev.mcpsession.Session;
import dev.mcpsession.SessionStore;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.Event;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tools that show what a session is good for. Nothing of a client is kept here: it is in the session's state, so that every
/// replica finds it, and gone with the session.
final class SampleTools {

    static final Event LIST_CHANGED = Event.toolsChanged();

    private static final String CALLS = "whoamiCalls";
    private static final String MEMORY = "memory";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int MAX_DESCRIPTION = 1_000;
    private static final Json NO_ARGUMENTS = Json.parse("""
            {"type": "object", "properties": {}, "additionalProperties": false}""");

    private final SessionStore store;
    private final Broadcaster broadcaster;
    private final InstantSource clock;
    private final Board board;
    private final Toolbox toolbox = new Toolbox();

    private SampleTools(Backend backend, Board board, InstantSource clock) {
        this.board = board;
        store = backend.store();
        broadcaster = backend.broadcaster();
        this.clock = clock;
    }

    /// A new toolbox with all sample tools in it.
    ///
    /// @param backend where the sessions are, and where changes of the toolbox are published
    /// @param notes   where notebooks live
    /// @param board   what a tool writes on
    /// @param clock   tells the age of sessions
    static Toolbox toolbox(Backend backend, Handles notes, Board board, InstantSource clock) {
        var samples = new SampleTools(backend, board, clock);
        samples.addAll();
        new NoteTools(notes).all().forEach(samples.toolbox::add);
        return samples.toolbox;
    }

    private void addAll() {
        toolbox.add(new Tool("echo", "Says what it is told.", Json.parse("""
                {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}"""),
                arguments -> text(arguments, "text")));
        toolbox.add(new Tool("whoami", "Tells what the server knows of this session, and how often it was asked.",
                NO_ARGUMENTS, _ -> whoami().toString()));
        toolbox.add(new Tool("remember", "Keeps a text in this session.", Json.parse("""
                {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "string"}},
                 "required": ["key", "value"]}"""),
                arguments -> remember(text(arguments, "key"), text(arguments, "value"))));
        toolbox.add(new Tool("recall", "Tells a text that this session keeps.", Json.parse("""
                {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}"""),
                arguments -> recall(text(arguments, "key"))));
        toolbox.add(new Tool("add_tool", "Adds a tool that says its name, and tells every client.", Json.parse("""
                {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"},
                 "description": {"type": "string", "maxLength": 1000}}, "required": ["name"]}"""),
                this::addTool));
        toolbox.add(new Tool("write_board", "Writes a text on the board, and tells those who subscribed to it.", Json.parse("""
                {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}"""),
                arguments -> write(text(arguments, "text"))));
        toolbox.add(new Tool("test_simple_text", "Says one sentence, always the same.",
                NO_ARGUMENTS, _ -> "This is a simple text response for testing."));
    }

    /// Two calls at once count as two: the store repeats the function for whoever came second.
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

    /// Asks the store: the session in scope is as it was when the request came, and a batch may have changed it since.
    private String recall(String key) {
        return memory(alive(store.find(current().id())).state()).string(key)
                .orElseThrow(() -> new ToolFailure("nothing is remembered by this key"));
    }

    private static Json.Obj memory(Json.Obj state) {
        return state.object(MEMORY).orElse(Json.obj());
    }

    private String addTool(Json.Obj arguments) {
        var name = text(arguments, "name");
        var description = arguments.get("description").isEmpty() ? "Says its name." : text(arguments, "description");
        if (!NAME.matcher(name).matches()) throw new ToolFailure("name must be 1 to 64 of A-Z, a-z, 0-9, _, . and -");
        if (description.length() > MAX_DESCRIPTION) {
            throw new ToolFailure("description must be at most " + MAX_DESCRIPTION + " characters: " + description.length());
        }
        toolbox.add(new Tool(name, description, NO_ARGUMENTS, _ -> name));
        broadcaster.publish(LIST_CHANGED);
        return "added " + name;
    }

    private String write(String text) {
        board.write(text);
        return "written";
    }

    private static Session current() {
        return Caller.current().session().orElseThrow(() -> new ToolFailure("there is no session"));
    }

    private static Session alive(Optional<Session> session) {
        return session.orElseThrow(() -> new ToolFailure("the session has ended"));
    }

    private static String text(Json.Obj arguments, String key) {
        return arguments.string(key).orElseThrow(() -> new ToolFailure(key + " must be a string"));
    }
}
