package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;

/// All that decides who wants an event: what the log keeps of it beside its bytes. Immutable.
///
/// @param method   the notification's method
/// @param audience whom it is for
/// @param topicKey the thing that it is about; null if it is about none
record Heading(String method, Audience audience, TopicKey topicKey) {

    static Heading of(Event event) {
        return new Heading(event.method(), event.audience(), event.topicKey().orElse(null));
    }

    boolean isForEveryone() {
        return audience instanceof Audience.Everyone;
    }

    boolean isOfTopic() {
        return topicKey != null;
    }

    boolean isSignal() {
        return isOfTopic() || Event.isListChange(method);
    }

    /// What a newer event replaces; only of a signal.
    SignalKey signal() {
        return new SignalKey(audience, method, isOfTopic() ? topicKey.value() : null);
    }

    /// Upper bound on the bytes of its texts in memory: two for each character.
    int bytes() {
        return 2 * (method.length() + (isOfTopic() ? topicKey.value().length() : 0) + switch (audience) {
            case Audience.Everyone() -> 0;
            case Audience.OneSession(SessionId session) -> session.value().length();
            case Audience.SessionsOf(Owner owner) -> owner.value().length();
        });
    }
}
