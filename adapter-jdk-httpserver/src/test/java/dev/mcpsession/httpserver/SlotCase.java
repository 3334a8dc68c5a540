package dev.mcpsession.httpserver;

import dev.mcpsession.httpserver.SlotAnswer.Body;
import dev.mcpsession.httpserver.SlotAnswer.Closer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/// One way in which an answer ends, and one in which its client leaves.
///
/// @param protocol the version of HTTP
/// @param kind     who answers
/// @param body     of an application's answer; null of others
/// @param closer   of an application's answer; null of others
/// @param leaving  how the client leaves
record SlotCase(String protocol, Kind kind, Body body, Closer closer, Leaving leaving) {

    /// Who answers.
    enum Kind { APPLICATION, BESIDE, REPLY, REPLY_TO_HEAD, CHALLENGE, FAULTY_CHALLENGE, STREAM, LISTEN }

    /// How a client leaves.
    enum Leaving { CLOSE, RESET, HALF_CLOSE, STALL, STAY }

    /// All cases, those that wait longest first: a challenge that stalls is given 30 s.
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

    /// A stream whose client stays and reads is as it should be.
    private boolean isEndless() {
        return leaving == Leaving.STAY && isStream();
    }

    /// Where nothing fits into the kernel any more, an answer without a body stalls before anybody closes it.
    private boolean isTriedAlready() {
        return leaving == Leaving.STALL && body != null && isSmall() && closer != Closer.ADAPTER;
    }

    boolean isStream() {
        return kind == Kind.STREAM || kind == Kind.LISTEN;
    }

    /// Whether a client has to ask often, without reading, for the kernel's buffers to be full.
    boolean isSmall() {
        return !isStream() && (body == null || body.isSmall());
    }

    @Override
    public String toString() {
        return String.join(" ", protocol, kind.name(), body == null ? "" : body + " " + closer, leaving.name());
    }
}
