package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Selects the events that a subscription receives. Immutable.
///
/// An event about one thing of a [Topic], such as an updated resource, matches only filters that name this thing, and [#all()].
@ForAdapters
public sealed interface EventFilter {

    /// Every broadcast event, including those about any thing, and no addressed event.
    record All() implements EventFilter {

        private static final EventFilter INSTANCE = new All();
    }

    /// Every event that is addressed to the session or to its owner, and every broadcast event, except those about a thing that is not
    /// named.
    ///
    /// @param id     the session's id
    /// @param owner  the session's owner
    /// @param topics the things
    record OfSession(SessionId id, Owner owner, Set<Topic.Key> topics) implements EventFilter {

        /// Copies the things.
        public OfSession {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(owner, "owner");
            topics = Set.copyOf(topics);
        }
    }

    /// Only the events with these methods or about these things, broadcast or addressed to the owner.
    ///
    /// @param owner   the caller
    /// @param methods the methods; may be empty
    /// @param topics  the things; may be empty
    record Selection(Owner owner, Set<String> methods, Set<Topic.Key> topics) implements EventFilter {

        /// Copies the sets.
        public Selection {
            Objects.requireNonNull(owner, "owner");
            methods = Set.copyOf(methods);
            topics = Set.copyOf(topics);
        }
    }

    /// {@return the filter of every broadcast event, including those about any thing}
    static EventFilter all() {
        return All.INSTANCE;
    }

    /// {@return the filter of a session that names no things yet}
    /// @param session the session's id
    /// @param owner   the session's owner
    static EventFilter of(SessionId session, Owner owner) {
        return new OfSession(session, owner, Set.of());
    }

    /// {@return a filter that selects events by method and by resource}
    /// @param owner     the caller
    /// @param methods   the methods; may be empty
    /// @param resources the uris of the resources; may be empty
    static EventFilter selecting(Owner owner, Set<String> methods, Set<String> resources) {
        return new Selection(owner, methods, Topic.RESOURCES.of(resources));
    }

    /// {@return a copy that names these things and no others}
    /// @param keys the things; may be empty
    /// @throws IllegalArgumentException if this is [#all()], which names none
    default EventFilter withTopics(Set<Topic.Key> keys) {
        return switch (this) {
            case All() -> throw new IllegalArgumentException("filter must be of a session or a selection to name topics: all");
            case OfSession(var session, var owner, _) -> new OfSession(session, owner, keys);
            case Selection(var owner, var methods, _) -> new Selection(owner, methods, keys);
        };
    }

    /// {@return the id of the subscribing session; empty if there is none}
    default Optional<SessionId> session() {
        return this instanceof OfSession(var session, _, _) ? Optional.of(session) : Optional.empty();
    }

    /// {@return the subscribing owner; anonymous if there is none}
    default Owner owner() {
        return Owner.anonymous();
    }

    /// {@return the things that the filter names, or empty if it matches events about any thing}
    default Optional<Set<Topic.Key>> namedTopics() {
        return switch (this) {
            case All() -> Optional.empty();
            case OfSession(_, _, var topics) -> Optional.of(topics);
            case Selection(_, _, var topics) -> Optional.of(topics);
        };
    }

    /// {@return the methods that the filter names, or empty if it matches any method}
    default Optional<Set<String>> namedMethods() {
        return this instanceof Selection(_, var methods, _) ? Optional.of(methods) : Optional.empty();
    }

    /// {@return the audiences other than everyone to which this subscription belongs}
    default Stream<Audience> audiences() {
        var ofSession = session().<Audience>map(Audience.OneSession::new).stream();
        return owner().isAnonymous() ? ofSession : Stream.concat(ofSession, Stream.of(new Audience.SessionsOf(owner())));
    }

    /// {@return whether events can be addressed to this subscription}
    default boolean isAddressable() {
        return this instanceof OfSession || !owner().isAnonymous();
    }

    /// {@return whether the filter selects an event; false for an event that is addressed to others}
    /// @param event the event's heading
    default boolean wants(Heading event) {
        return switch (event.audience()) {
            case Audience.Everyone() -> wantsSubject(event);
            case Audience.OneSession(var id) -> this instanceof OfSession(var session, _, _) && id.equals(session);
            case Audience.SessionsOf(var other) -> other.equals(owner()) && (!(this instanceof Selection) || wantsSubject(event));
        };
    }

    /// {@return whether the filter selects an event; false for an event that is addressed to others}
    /// @param event the event
    default boolean wants(Event event) {
        return wants(Heading.of(event));
    }

    /// {@return whether the filter selects an event by its method or the thing that it is about, regardless of its audience}
    /// @param event the event's heading
    default boolean wantsSubject(Heading event) {
        var key = event.topicKey();
        return switch (this) {
            case All() -> true;
            case OfSession(_, _, var topics) -> key == null || topics.contains(key);
            case Selection(_, var methods, var topics) -> key == null ? methods.contains(event.method()) : topics.contains(key);
        };
    }
}
