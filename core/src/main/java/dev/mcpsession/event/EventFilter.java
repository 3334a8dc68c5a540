package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a subscription wants to see. Immutable.
///
/// Of the events for everyone it wants those of the given methods, or all; but an event about one thing of a [Topic], such as an
/// updated resource, only if it asked for that thing. Of the addressed events a session wants those for itself and for its owner,
/// whatever their method. A filter without a session that names what it wants ([#asking]) also restricts the events addressed to
/// its owner.
public final class EventFilter {

    private static final EventFilter ALL = new EventFilter(null, Owner.anonymous(), null, null, false);

    private final SessionId session;
    private final Owner owner;
    private final Set<String> methods; // null: all
    private final Set<TopicKey> topics; // null: all
    private final boolean asksForAddressed;

    private EventFilter(SessionId session, Owner owner, Set<String> methods, Set<TopicKey> topics, boolean asksForAddressed) {
        this.session = session;
        this.owner = owner;
        this.methods = methods;
        this.topics = topics;
        this.asksForAddressed = asksForAddressed;
    }

    /// Every broadcast event, those about any thing included, and no addressed one.
    ///
    /// @return always the same filter
    public static EventFilter all() {
        return ALL;
    }

    /// Everything broadcast, or addressed to this session or its owner, except broadcast events about one thing.
    ///
    /// @param session the session's id
    /// @param owner   whom it belongs to
    /// @return a new filter
    public static EventFilter of(SessionId session, Owner owner) {
        return new EventFilter(
                Objects.requireNonNull(session, "session"), Objects.requireNonNull(owner, "owner"), null, Set.of(), false);
    }

    /// Only what is asked for, whether it is broadcast or addressed to this owner.
    ///
    /// @param owner     who asks
    /// @param methods   the methods; may be empty
    /// @param resources the uris of the resources whose updates are wanted; may be empty
    /// @return a new filter
    public static EventFilter asking(Owner owner, Set<String> methods, Set<String> resources) {
        Objects.requireNonNull(owner, "owner");
        return new EventFilter(null, owner, Set.copyOf(methods), Topic.RESOURCES.of(resources), true);
    }

    /// Returns a copy that wants only these methods of the broadcast events, and of events about one thing only those of the things
    /// already named.
    ///
    /// @param wanted at least one method
    /// @return a new filter
    /// @throws IllegalArgumentException if there is no method
    public EventFilter only(Set<String> wanted) {
        if (wanted.isEmpty()) throw new IllegalArgumentException("filter must want at least one method");
        var kept = topics == null ? Set.<TopicKey>of()
                : topics.stream().filter(key -> wanted.contains(key.method())).collect(Collectors.toUnmodifiableSet());
        return new EventFilter(session, owner, Set.copyOf(wanted), kept, asksForAddressed);
    }

    /// Returns a copy that wants, of the events about one thing, only those about these things.
    ///
    /// @param keys which things; may be none
    /// @return a new filter
    public EventFilter withTopics(Set<TopicKey> keys) {
        return new EventFilter(session, owner, methods, Set.copyOf(keys), asksForAddressed);
    }

    /// The same, but of the events about one thing only the updates of these resources.
    ///
    /// @param uris which resources; may be none
    /// @return a new filter
    public EventFilter withResources(Set<String> uris) {
        return withTopics(Topic.RESOURCES.of(uris));
    }

    /// The session that subscribes.
    ///
    /// @return its id, or empty if no session does
    public Optional<SessionId> session() {
        return Optional.ofNullable(session);
    }

    /// The owner that subscribes.
    ///
    /// @return anonymous if nobody in particular does
    public Owner owner() {
        return owner;
    }

    /// The things about which events are wanted.
    ///
    /// @return their keys; or empty if all are
    public Optional<Set<TopicKey>> topics() {
        return Optional.ofNullable(topics);
    }

    /// The methods that are wanted of what is about no thing, or empty if all are.
    Optional<Set<String>> methods() {
        return Optional.ofNullable(methods);
    }

    /// Whether events can be addressed to this subscription.
    boolean isAddressable() {
        return session != null || !owner.isAnonymous();
    }

    /// To whom events can be addressed that this subscription gets.
    Stream<Audience> audiences() {
        var ofSession = Optional.ofNullable(session).<Audience>map(Audience.OneSession::new).stream();
        return owner.isAnonymous() ? ofSession : Stream.concat(ofSession, Stream.of(new Audience.SessionsOf(owner)));
    }

    /// Whether some things are named about which events are wanted.
    boolean namesTopics() {
        return topics != null && !topics.isEmpty();
    }

    boolean wantsMethod(String method) {
        return methods == null || methods.contains(method);
    }

    boolean wants(Event event) {
        return wants(Heading.of(event));
    }

    boolean wants(Heading event) {
        return switch (event.audience()) {
            case Audience.Everyone() -> asksFor(event);
            case Audience.OneSession(var id) -> id.equals(session);
            case Audience.SessionsOf(var other) -> other.equals(owner) && (!asksForAddressed || asksFor(event));
        };
    }

    /// Whether an event is wanted for what it says, whomever it is for.
    boolean asksFor(Heading event) {
        var key = event.topicKey();
        return key == null ? wantsMethod(event.method()) : topics == null || topics.contains(key);
    }
}
