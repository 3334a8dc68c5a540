package dev.mcpsession.httpserver;

import dev.mcpsession.httpserver.SlotAnswer.Body;
import dev.mcpsession.httpserver.SlotAnswer.Closer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/// A way in which an answer ends, and a way in which its client leaves.
///
/// @param protocol the version of HTTP
/// @param kind     the part that answers
/// @param body     of an application's answer, else null
/// @param closer   of an application's answer, else null
/// @param leaving  how the client leaves
record SlotCase(String protocol, Kind kind, Body body, Closer closer, Leaving leaving) {

    /// The part that answers.
    enum Kind { APPLICATION, BESIDE, REPLY, REPLY_TO_HEAD, CHALLENGE, FAULTY_CHALLENGE, STREAM, LISTEN }

    /// How a client leaves.
    enum Leaving { CLOSE, RESET, HALF_CLOSE, STALL, STAY }

    /// All cases, those that wait longest first: a stalled challenge has 30 s.
    static List<SlotCase> all() {
        var all = new ArrayList<SlotCase>();
        for (var protocol : List.of("HTTP/1.0", "HTTP/1.1")) {
            for (var leaving : Leaving.values()) {
                for (var kind : EnumSet.complementOf(EnumSet.of(Kind.APPLICATION, Kind.BESIDE))) {
                    all.add(new SlotCase(protocol, kind, null, null, leaving));
                }
                for (var body : Body.values()) {
                    for (var closer : Closer.values()) all.add(ofApplication(protocol, body, closer, leaving));
                }
            }
        }
        all.removeIf(slot -> slot.isEndless() || slot.isTriedAlready());
        all.sort(Comparator.comparing(slot -> slot.leaving != Leaving.STALL));
        return all;
    }

    private static SlotCase ofApplication(String protocol, Body body, Closer closer, Leaving leaving) {
        var kind = body == Body.TO_HEAD || body == Body.NO_CONTENT ? Kind.BESIDE : Kind.APPLICATION;
        return new SlotCase(protocol, kind, body, closer, leaving);
    }

    /// A stream whose client stays and reads has no end.
    private boolean isEndless() {
        return leaving == Leaving.STAY && isStream();
    }

    /// When the kernel's buffers are full, an answer without a body stalls before anything closes it.
    private boolean isTriedAlready() {
        return leaving == Leaving.STALL && body != null && isSmall() && closer != Closer.ADAPTER;
    }

    boolean isStream() {
        return kind == Kind.STREAM || kind == Kind.LISTEN;
    }

    /// Whether a client has to send many requests, without reading, to fill the kernel's buffers.
    boolean isSmall() {
        return !isStream() && (body == null || body.isSmall());
    }

    @Override
    public String toString() {
        return String.join(" ", protocol, kind.name(), body == null ? "" : body + " " + closer, leaving.name());
    }
}
