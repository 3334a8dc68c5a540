package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;

/// All that decides who wants an event: what the log keeps of it beside its bytes. Immutable.
///
/// @param method   the notification's method
/// @param audience whom it is for
/// @param uri      the resource that was updated; null if it is about no resource
record Heading(String method, Audience audience, String uri) {

    static Heading of(Event event) {
        return new Heading(event.method(), event.audience(), event.isResourceUpdate() ? event.uri() : null);
    }

    boolean isForEveryone() {
        return audience instanceof Audience.Everyone;
    }

    boolean isResourceUpdate() {
        return uri != null;
    }

    boolean isSignal() {
        return Event.isSignal(method);
    }

    /// What a newer event replaces; only of a signal.
    SignalKey signal() {
        return new SignalKey(audience, method, uri);
    }

    /// Upper bound on the bytes of its texts in memory: two for each character.
    int bytes() {
        return 2 * (method.length() + (uri == null ? 0 : uri.length()) + switch (audience) {
            case Audience.Everyone() -> 0;
            case Audience.OneSession(SessionId session) -> session.value().length();
            case Audience.SessionsOf(Owner owner) -> owner.value().length();
        });
    }
}
