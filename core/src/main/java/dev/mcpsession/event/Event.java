package dev.mcpsession.event;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.Objects;
import java.util.Optional;

/// A notification on its way to clients, and whom it is for. Immutable.
///
/// An event is a *signal* or a *message*. A signal says "go and look": `…/list_changed`, or an event about one thing of a [Topic],
/// such as `notifications/resources/updated`. A newer signal replaces an older one of the same [#signalKey()], so a subscriber
/// that fell behind is healed by the newest. An event about one thing reaches only subscriptions that asked for this thing
/// ([EventFilter]). Everything else is a message, and a message that is lost stays lost: the loss is counted and reported.
///
/// @param method   the notification's method, such as `notifications/tools/list_changed`
/// @param params   its parameters; empty if it has none
/// @param audience whom it is for
/// @param topicKey the thing that it is about; empty if it is about none. Of `notifications/resources/updated` it is always the
///                 resource that `uri` in the parameters names
public record Event(String method, Json.Obj params, Audience audience, Optional<Topic.Key> topicKey) {

    private static final int MAX_METHOD = 256;
    private static final String LIST_CHANGED = "/list_changed";
    private static final Audience EVERYONE = new Audience.Everyone();

    /// Checks that there is a method, that nothing is null, and that `_meta`, into which a subscription's id is put, is an
    /// object if it is there, and has no such id: a reader would find two.
    ///
    /// @throws IllegalArgumentException if the method is empty or longer than 256 characters, `_meta` is anything but an object
    ///                                  without a subscription's id, or the topic's method is another
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
        if (method.equals(Topic.RESOURCES.method())) {
            topicKey = Optional.of(Topic.RESOURCES.of(params.string(Topic.RESOURCES.key()).orElse("")));
        }
        if (topicKey.isPresent() && !topicKey.get().method().equals(method)) {
            throw new IllegalArgumentException("method of an event must be that of its topic: " + method);
        }
    }

    /// Creates an event that is about no thing of a topic, unless it is an updated resource.
    ///
    /// @param method   the notification's method
    /// @param params   its parameters
    /// @param audience whom it is for
    public Event(String method, Json.Obj params, Audience audience) {
        this(method, params, audience, Optional.empty());
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

    /// Returns an event about one thing, for every subscription that asked for it.
    ///
    /// @param topic  the topic, whose method the event has
    /// @param params its parameters, which say what it is about
    /// @return a new event
    /// @throws IllegalArgumentException if the parameters do not have the topic's key as a string
    public static Event of(Topic topic, Json.Obj params) {
        var value = params.string(topic.key())
                .orElseThrow(() -> new IllegalArgumentException("params of a topic's event must have a string " + topic.key()));
        return new Event(topic.method(), params, EVERYONE, Optional.of(topic.of(value)));
    }

    /// The same for one session alone.
    ///
    /// @param session the session's id
    /// @return a new event
    public Event to(SessionId session) {
        return new Event(method, params, new Audience.OneSession(session), topicKey);
    }

    /// The same for all sessions of one owner.
    ///
    /// @param owner an authenticated owner
    /// @return a new event
    public Event to(Owner owner) {
        return new Event(method, params, new Audience.SessionsOf(owner), topicKey);
    }

    /// What a newer signal replaces: the method and, if the event is about one thing, which.
    ///
    /// @return the key, or empty for a message
    public Optional<String> signalKey() {
        return topicKey.map(Event::signalKey).or(() -> isListChange(method) ? Optional.of(method) : Optional.empty());
    }

    static String signalKey(Topic.Key key) {
        return key.method() + ' ' + key.value();
    }

    /// Whether a method is that of a changed list.
    ///
    /// @param method a notification's method
    /// @return true for `…/list_changed`
    public static boolean isListChange(String method) {
        return method.endsWith(LIST_CHANGED);
    }
}
