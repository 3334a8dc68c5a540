package dev.mcpsession.event;

/// Publishes events: the part of a [Broadcaster] that an application needs. Thread-safe.
public interface EventPublisher {

    /// Publishes an event.
    ///
    /// @param event the event, with its audience
    /// @return its place in the order of all events
    /// @throws BroadcasterClosedException     if the broadcaster is closed
    /// @throws BroadcasterException           if the event could not be published
    /// @throws PublishOutcomeUnknownException if it is unknown whether the event was published
    /// @throws IllegalArgumentException       if the event exceeds the size limit
    EventId publish(Event event);

    /// Publishes an event at most once, however often the call is repeated with the same key.
    ///
    /// @param key   the caller's name for this event, such as a UUID; remembered for a bounded number of later events
    /// @param event the event
    /// @return its place in the order of all events; for a repeated key, that of the first call
    /// @throws BroadcasterClosedException     if the broadcaster is closed
    /// @throws BroadcasterException           if the event could not be published
    /// @throws PublishOutcomeUnknownException if it is unknown whether the event was published
    /// @throws IllegalArgumentException       if the event exceeds the size limit, or the key is longer than 256 characters
    EventId publish(String key, Event event);
}
