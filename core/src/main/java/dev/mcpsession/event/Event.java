package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.Objects;
import java.util.Optional;

/// A notification on its way to clients, and whom it is for. Immutable.
///
/// An event is a *signal* or a *message*. A signal says "go and look": `…/list_changed`, or `notifications/resources/updated`
/// for one uri. A newer signal replaces an older one of the same [#signalKey()], so a subscriber that fell behind is healed
/// by the newest. An updated resource is told to those alone that asked for it ([EventFilter]). Everything else is a message,
/// and a message that is lost stays lost: it is counted and told.
///
/// @param method   the notification's method, such as `notifications/tools/list_changed`
/// @param params   its parameters; empty if it has none
/// @param audience whom it is for
public record Event(String method, Json.Obj params, Audience audience) {

    private static final int MAX_METHOD = 256;
    private static final String LIST_CHANGED = "/list_changed";
    static final String RESOURCE_UPDATED = "notifications/resources/updated";
    private static final Audience EVERYONE = new Audience.Everyone();

    /// Checks that there is a method, that nothing is null, and that `_meta`, into which a subscription's id is put, is an
    /// object if it is there, and has no such id: a reader would find two.
    ///
    /// @throws IllegalArgumentException if the method is empty or longer than 256 characters, or `_meta` is anything but an object
    ///                                  without a subscription's id
    public Event {
        if (method.isEmpty() || method.length() > MAX_METHOD) {
            throw new IllegalArgumentException("method must have 1 to " + MAX_METHOD + " characters: " + method.length());
        }
        Objects.requireNonNull(params, "params");
        if (params.get("_meta").isPresent() && params.object("_meta").isEmpty()) {
            throw new IllegalArgumentException("_meta of an event must be an object: " + method);
        }
        if (params.object("_meta").flatMap(meta -> meta.get(SubscriptionTag.KEY)).isPresent()) {
            throw new IllegalArgumentException("_meta of an event must not have " + SubscriptionTag.KEY + ": " + method);
        }
        Objects.requireNonNull(audience, "audience");
    }

    /// An event for everyone, without parameters.
    ///
    /// @param method the notification's method
    /// @return a new event
    public static Event of(String method) {
        return of(method, Json.obj());
    }

    /// An event for everyone.
    ///
    /// @param method the notification's method
    /// @param params its parameters
    /// @return a new event
    public static Event of(String method, Json.Obj params) {
        return new Event(method, params, EVERYONE);
    }

    /// The same for one session alone.
    ///
    /// @param session the session's id
    /// @return a new event
    public Event to(SessionId session) {
        return new Event(method, params, new Audience.OneSession(session));
    }

    /// The same for all sessions of one owner.
    ///
    /// @param owner an authenticated owner
    /// @return a new event
    public Event to(Owner owner) {
        return new Event(method, params, new Audience.SessionsOf(owner));
    }

    /// What a newer signal replaces: the method and, for an updated resource, its uri.
    ///
    /// @return the key, or empty for a message
    public Optional<String> signalKey() {
        if (isResourceUpdate()) return Optional.of(updateKey(uri()));
        return isSignal(method) ? Optional.of(method) : Optional.empty();
    }

    static String updateKey(String uri) {
        return RESOURCE_UPDATED + ' ' + uri;
    }

    /// Whether this is about one resource, so for those alone that asked for it.
    boolean isResourceUpdate() {
        return method.equals(RESOURCE_UPDATED);
    }

    /// The resource that was updated; empty if the event does not say.
    String uri() {
        return params.string("uri").orElse("");
    }

    static boolean isSignal(String method) {
        return method.endsWith(LIST_CHANGED) || method.equals(RESOURCE_UPDATED);
    }
}
