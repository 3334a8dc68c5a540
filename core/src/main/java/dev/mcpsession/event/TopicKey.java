package dev.mcpsession.event;

import java.util.Objects;

/// One thing of a [Topic], such as one resource: what subscriptions ask for, and what an event is about. Immutable.
///
/// @param method the topic's method
/// @param value  which thing, such as a resource's uri
public record TopicKey(String method, String value) {

    /// Checks that nothing is null.
    public TopicKey {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(value, "value");
    }
}
