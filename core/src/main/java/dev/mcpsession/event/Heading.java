package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;

/// The part of an event that decides which subscriptions receive it: everything but its parameters. Immutable.
///
/// @param method   the notification's method
/// @param audience the event's audience
/// @param topicKey the thing that the event is about; null if it is about none
@ForAdapters
public record Heading(String method, Audience audience, Topic.Key topicKey) {

    /// {@return the heading of an event}
    /// @param event the event
    public static Heading of(Event event) {
        return new Heading(event.method(), event.audience(), event.topicKey().orElse(null));
    }

    /// {@return whether the event is broadcast}
    public boolean isForEveryone() {
        return audience instanceof Audience.Everyone;
    }

    /// {@return whether the event is about one thing of a topic}
    public boolean isOfTopic() {
        return topicKey != null;
    }

    /// {@return whether the event is a signal; if not, it is a message}
    public boolean isSignal() {
        return isOfTopic() || Event.isListChange(method);
    }

    /// {@return an upper bound on the memory of the heading's texts, in bytes}
    public int bytes() {
        return 2 * (method.length() + (isOfTopic() ? topicKey.value().length() : 0) + switch (audience) {
            case Audience.Everyone() -> 0;
            case Audience.OneSession(SessionId session) -> session.value().length();
            case Audience.SessionsOf(Owner owner) -> owner.value().length();
        });
    }
}
