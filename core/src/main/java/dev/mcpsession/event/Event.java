package dev.mcpsession.event;

import dev.mcpsession.Checks;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A notification for clients, and its audience. Immutable.
///
/// {@snippet class="dev.mcpsession.event.EventTest" region="events"}
///
/// An event is a *signal* or a *message*. A signal prompts clients to look again: a `…/list_changed`, or an event about one thing of a
/// [Topic], such as `notifications/resources/updated`. A newer signal replaces an older one with the same [#signalKey()], so the newest
/// one heals a slow subscription. An event about one thing reaches only subscriptions that name the thing ([EventFilter]). Every other
/// event is a message. A message that is lost stays lost; the loss is counted and reported.
///
/// @param method   the notification's method, such as `notifications/tools/list_changed`
/// @param params   its parameters; empty if it has none
/// @param audience the subscriptions that it is for
/// @param topicKey the thing that it is about, if any; for `notifications/resources/updated` it is always the resource that `uri` in
///                 the parameters names
public record Event(String method, Json.Obj params, Audience audience, Optional<Topic.Key> topicKey) {

    private static final int MAX_METHOD = 256;
    private static final Audience EVERYONE = new Audience.Everyone();
    private static final List<String> LEVELS = // RFC 5424
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    /// Checks the method, the topic, and `_meta`. `_meta` must be an object without a subscription's id, because each subscription adds
    /// its own, and a client would find two.
    ///
    /// @throws IllegalArgumentException if the method is empty, longer than 256 characters or not that of the topic, or `_meta` is not
    ///                                  such an object
    public Event {
        if (method.isEmpty() || method.length() > MAX_METHOD) {
            throw new IllegalArgumentException("method must have 1 to " + MAX_METHOD + " characters: " + method.length());
        }
        var meta = params.object("_meta");
        Checks.require(meta.isPresent() || params.get("_meta").isEmpty(), "_meta of an event must be an object", method);
        Checks.require(meta.flatMap(it -> it.get(SubscriptionTag.KEY)).isEmpty(),
                "_meta of an event must not have " + SubscriptionTag.KEY, method);
        Objects.requireNonNull(audience, "audience");
        if (method.equals(Topic.RESOURCES.method())) {
            topicKey = Optional.of(Topic.RESOURCES.of(params.string(Topic.RESOURCES.key()).orElse("")));
        }
        var isOfTopic = topicKey.isEmpty() || topicKey.get().method().equals(method);
        Checks.require(isOfTopic, "method of an event must be that of its topic", method);
    }

    /// Creates an event without a topic, unless it is a `notifications/resources/updated`.
    ///
    /// @param method   the notification's method
    /// @param params   its parameters
    /// @param audience the subscriptions that it is for
    public Event(String method, Json.Obj params, Audience audience) {
        this(method, params, audience, Optional.empty());
    }

    /// {@return a broadcast event without parameters}
    /// @param method the notification's method
    public static Event of(String method) {
        return of(method, Json.obj());
    }

    /// {@return a broadcast event}
    /// @param method the notification's method
    /// @param params its parameters
    public static Event of(String method, Json.Obj params) {
        return new Event(method, params, EVERYONE);
    }

    /// {@return an event about one thing, for every subscription that names it}
    ///
    /// @param topic  the topic, which determines the event's method
    /// @param params its parameters, which name the thing
    /// @throws IllegalArgumentException if the parameters do not have the topic's key as a string
    public static Event of(Topic topic, Json.Obj params) {
        var value = params.string(topic.key())
                .orElseThrow(() -> new IllegalArgumentException("params of a topic's event must have a string " + topic.key()));
        return new Event(topic.method(), params, EVERYONE, Optional.of(topic.of(value)));
    }

    /// {@return a signal that the list of tools changed}
    public static Event toolsChanged() {
        return of("notifications/tools/list_changed");
    }

    /// {@return a signal that the list of prompts changed}
    public static Event promptsChanged() {
        return of("notifications/prompts/list_changed");
    }

    /// {@return a signal that the list of resources changed}
    public static Event resourcesChanged() {
        return of("notifications/resources/list_changed");
    }

    /// {@return a signal that a resource changed, for every subscription that names it}
    /// @param uri the resource's uri
    public static Event resourceUpdated(String uri) {
        return of(Topic.RESOURCES, Json.obj().with(Topic.RESOURCES.key(), uri));
    }

    /// {@return a message about the progress of a request; address it to the session of the request}
    ///
    /// @param token    the `progressToken` of the request's `_meta`: a string or a number
    /// @param progress a finite number that increases with each message
    /// @param details  `total` (a number) and `message` (a string), if known
    /// @throws IllegalArgumentException if the token is neither a string nor a number, or the progress is not finite
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/progress">MCP 2025-11-25, Progress</a>
    public static Event progress(Json token, double progress, Json.Obj details) {
        Checks.require(token instanceof Json.Str || token instanceof Json.Num, "progressToken must be a string or a number", token);
        return of("notifications/progress", details.with("progressToken", token).with("progress", Json.Num.of(progress)));
    }

    /// {@return a log message}
    ///
    /// @param level  `debug`, `info`, `notice`, `warning`, `error`, `critical`, `alert` or `emergency`
    /// @param logger the name of the logger; empty if it has none
    /// @param data   the value to log
    /// @throws IllegalArgumentException if the level is none of these
    /// @see <a href="https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/logging">MCP 2025-11-25, Logging</a>
    public static Event log(String level, String logger, Json data) {
        Checks.require(LEVELS.contains(level), "level must be one of " + LEVELS, level);
        var params = Json.obj().with("level", level);
        return of("notifications/message", (logger.isEmpty() ? params : params.with("logger", logger)).with("data", data));
    }

    /// {@return this event, addressed to one session}
    /// @param session the session's id
    public Event to(SessionId session) {
        return new Event(method, params, new Audience.OneSession(session), topicKey);
    }

    /// {@return this event, addressed to all sessions of one owner}
    /// @param owner an authenticated owner
    public Event to(Owner owner) {
        return new Event(method, params, new Audience.SessionsOf(owner), topicKey);
    }

    /// {@return the key by which a newer signal replaces an older one: the method, and the thing if the event is about one; empty for a
    /// message}
    public Optional<String> signalKey() {
        return topicKey.map(Event::signalKey).or(() -> isListChange(method) ? Optional.of(method) : Optional.empty());
    }

    static String signalKey(Topic.Key key) {
        return key.method() + ' ' + key.value();
    }

    /// {@return whether a method is that of a changed list, `…/list_changed`}
    /// @param method a notification's method
    public static boolean isListChange(String method) {
        return Topic.isListChange(method);
    }
}
