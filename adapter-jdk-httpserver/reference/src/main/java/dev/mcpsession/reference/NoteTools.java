package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.Handles;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tools that keep state without a session, for clients of 2026-07-28. One returns a handle, which the model passes to each later call.
/// Another caller cannot use the handle. The notes are in a separate store, which all replicas share.
final class NoteTools {

    private static final String NOTES = "notes";

    private final Handles handles;

    private NoteTools(Handles handles) {
        this.handles = handles;
    }

    static void addTo(Toolbox toolbox, Handles handles) {
        new NoteTools(handles).addAll(toolbox);
    }

    private void addAll(Toolbox toolbox) {
        toolbox.add(Tool.ofText("open_notes", "Opens a notebook and tells its handle, with which the other note tools find it. Without a "
                + "handle at hand, it can tell the one used last.", Json.parse("""
                {"type": "object", "properties": {"latest": {"type": "boolean"}}}"""), this::open));
        toolbox.add(Tool.ofText("note", "Writes a line into a notebook.", Json.parse("""
                {"type": "object", "properties": {"handle": {"type": "string"}, "text": {"type": "string"}},
                 "required": ["handle", "text"]}"""), this::note));
        toolbox.add(Tool.ofText("read_notes", "Tells the lines of a notebook.", Json.parse("""
                {"type": "object", "properties": {"handle": {"type": "string"}}, "required": ["handle"]}"""), this::read));
        toolbox.add(Tool.ofText("close_notes", "Throws a notebook away.", Json.parse("""
                {"type": "object", "properties": {"handle": {"type": "string"}}, "required": ["handle"]}"""), this::close));
    }

    private String open(Json.Obj arguments) {
        var wantsLatest = arguments.bool("latest").orElse(false);
        var latest = wantsLatest ? handles.latest(Caller.current().owner()) : Optional.<Handles.Handle>empty();
        return latest.map(Handles.Handle::value).orElseGet(this::create);
    }

    private String create() {
        return switch (handles.create(Caller.current().owner(), Json.obj())) {
            case Handles.Creation.Created(var notebook) -> notebook.value();
            case Handles.Creation.OwnerFull(), Handles.Creation.StoreFull() -> throw new Tool.Failure("there are too many notebooks");
        };
    }

    private String note(Json.Obj arguments) {
        var text = new Json.Str(Tool.string(arguments, "text"));
        var handle = Tool.string(arguments, "handle");
        return handles.update(Caller.current().owner(), handle, state -> state.with(NOTES, plus(notes(state), text)))
                .map(notebook -> notes(notebook.state()).size() + " notes").orElseThrow(NoteTools::unknown);
    }

    private String read(Json.Obj arguments) {
        var notebook = handles.find(Caller.current().owner(), Tool.string(arguments, "handle")).orElseThrow(NoteTools::unknown);
        return new Json.Arr(notes(notebook.state())).toString();
    }

    private String close(Json.Obj arguments) {
        if (!handles.revoke(Caller.current().owner(), Tool.string(arguments, "handle"))) throw unknown();
        return "closed";
    }

    private static List<Json> notes(Json.Obj state) {
        return state.array(NOTES).orElse(Json.arr()).items();
    }

    private static Json.Arr plus(List<Json> notes, Json note) {
        var all = new ArrayList<>(notes);
        all.add(note);
        return new Json.Arr(all);
    }

    private static Tool.Failure unknown() {
        return new Tool.Failure("handle must be that of a notebook of yours");
    }
}
