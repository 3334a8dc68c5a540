package dev.mcpsession.broadcast;

import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Heading;
import dev.mcpsession.event.Topic;

/// The key of a signal: a newer signal replaces the one with the same key. A signal for the sessions of one owner does not replace the
/// broadcast signal.
///
/// @param audience the signal's audience
/// @param method   its method
/// @param thing    the thing that it is about, such as a resource's uri; null if it is about none
record SignalKey(Audience audience, String method, String thing) {

    private static final Audience EVERYONE = new Audience.Everyone();

    static SignalKey of(Heading signal) {
        return new SignalKey(signal.audience(), signal.method(), signal.isOfTopic() ? signal.topicKey().value() : null);
    }

    static SignalKey of(Audience audience, Topic.Key key) {
        return new SignalKey(audience, key.method(), key.value());
    }

    static SignalKey forEveryone(String method) {
        return new SignalKey(EVERYONE, method, null);
    }

    static SignalKey forEveryone(Topic.Key key) {
        return of(EVERYONE, key);
    }
}
