package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What a subscription wants to see. Immutable.
///
/// Of the events for everyone it wants those of the given methods, or all. Of the addressed ones it wants those for its own
/// session and its own owner, whatever their method.
public final class EventFilter {

    private static final EventFilter ALL = new EventFilter(null, Owner.anonymous(), Set.of());

    private final SessionId session;
    private final Owner owner;
    private final Set<String> methods;

    private EventFilter(SessionId session, Owner owner, Set<String> methods) {
        this.session = session;
        this.owner = owner;
        this.methods = methods;
    }

    /// Everything that is for everyone, and nothing that is addressed.
    ///
    /// @return always the same filter
    public static EventFilter all() {
        return ALL;
    }

    /// Everything that is for everyone, for this session, or for its owner.
    ///
    /// @param session the session's id
    /// @param owner   whom it belongs to
    /// @return a new filter
    public static EventFilter of(SessionId session, Owner owner) {
        return new EventFilter(
                Objects.requireNonNull(session, "session"), Objects.requireNonNull(owner, "owner"), Set.of());
    }

    /// The same, but of the events for everyone these methods only.
    ///
    /// @param wanted at least one method
    /// @return a new filter
    /// @throws IllegalArgumentException if there is no method
    public EventFilter only(Set<String> wanted) {
        if (wanted.isEmpty()) throw new IllegalArgumentException("filter must want at least one method");
        return new EventFilter(session, owner, Set.copyOf(wanted));
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

    /// Whether events can be addressed to this subscription.
    boolean isAddressable() {
        return session != null || !owner.isAnonymous();
    }

    /// Whether everything for everyone is wanted.
    boolean wantsAll() {
        return methods.isEmpty();
    }

    boolean wantsMethod(String method) {
        return methods.isEmpty() || methods.contains(method);
    }

    boolean wants(Event event) {
        return switch (event.audience()) {
            case Audience.Everyone() -> wantsMethod(event.method());
            case Audience.OneSession(var id) -> id.equals(session);
            case Audience.SessionsOf(var other) -> other.value().equals(owner.value());
        };
    }
}
