package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a subscription wants to see. Immutable.
///
/// Of the events for everyone it wants those of the given methods, or all; but an update of a resource only if it asked for that
/// resource. Of the addressed ones a session wants those for itself and for its owner, whatever their method. Who has no session
/// and asks for this and that ([#asking]) wants of those for its owner, too, only what it asked for.
public final class EventFilter {

    private static final EventFilter ALL = new EventFilter(null, Owner.anonymous(), null, null, false);

    private final SessionId session;
    private final Owner owner;
    private final Set<String> methods; // null: all
    private final Set<String> resources; // null: all
    private final boolean asksForAddressed;

    private EventFilter(SessionId session, Owner owner, Set<String> methods, Set<String> resources, boolean asksForAddressed) {
        this.session = session;
        this.owner = owner;
        this.methods = methods;
        this.resources = resources;
        this.asksForAddressed = asksForAddressed;
    }

    /// Everything that is for everyone, updates of all resources included, and nothing that is addressed.
    ///
    /// @return always the same filter
    public static EventFilter all() {
        return ALL;
    }

    /// Everything that is for everyone, for this session, or for its owner; of updated resources none for everyone.
    ///
    /// @param session the session's id
    /// @param owner   whom it belongs to
    /// @return a new filter
    public static EventFilter of(SessionId session, Owner owner) {
        return new EventFilter(
                Objects.requireNonNull(session, "session"), Objects.requireNonNull(owner, "owner"), null, Set.of(), false);
    }

    /// Nothing but what is asked for, be it for everyone or for this owner.
    ///
    /// @param owner     who asks
    /// @param methods   the methods; may be empty
    /// @param resources the uris of the resources whose updates are wanted; may be empty
    /// @return a new filter
    public static EventFilter asking(Owner owner, Set<String> methods, Set<String> resources) {
        var all = new HashSet<>(methods);
        if (!resources.isEmpty()) all.add(Event.RESOURCE_UPDATED);
        return new EventFilter(null, Objects.requireNonNull(owner, "owner"), Set.copyOf(all), Set.copyOf(resources), true);
    }

    /// The same, but of the events for everyone these methods only.
    ///
    /// @param wanted at least one method
    /// @return a new filter
    /// @throws IllegalArgumentException if there is no method
    public EventFilter only(Set<String> wanted) {
        if (wanted.isEmpty()) throw new IllegalArgumentException("filter must want at least one method");
        return new EventFilter(session, owner, Set.copyOf(wanted), resources, asksForAddressed);
    }

    /// The same, but of the updated resources these only.
    ///
    /// @param uris which resources; may be none
    /// @return a new filter
    public EventFilter withResources(Set<String> uris) {
        return new EventFilter(session, owner, methods, Set.copyOf(uris), asksForAddressed);
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

    /// The resources whose updates are wanted.
    ///
    /// @return their uris; or empty if all are
    public Optional<Set<String>> resources() {
        return wantsMethod(Event.RESOURCE_UPDATED) ? Optional.ofNullable(resources) : Optional.of(Set.of());
    }

    /// The methods that are wanted, or empty if all are.
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

    /// Whether every method is wanted.
    boolean wantsAll() {
        return methods == null;
    }

    /// Whether the updates of some resources are wanted that are named.
    boolean namesResources() {
        return resources != null && !resources.isEmpty();
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
        return wantsMethod(event.method())
                && (resources == null || !event.isResourceUpdate() || resources.contains(event.uri()));
    }
}
