package dev.mcpsession.event;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// A kind of thing that clients subscribe to individually, such as resources. Immutable.
///
/// A client of 2026-07-28 names the things in a field of `subscriptions/listen`, an array of strings. An event about one of them is a
/// signal, and reaches only the subscriptions that name this thing. [#RESOURCES] is built in; an application declares the topics of the
/// extensions that it serves, and publishes with [Event#of(Topic, dev.mcpsession.json.Json.Obj)]:
///
/// ```java
/// static final Topic TASKS = new Topic("taskIds", "notifications/tasks", "taskId");
/// ```
///
/// @param field  the member of `notifications` in which a listen names things
/// @param method the notification's method
/// @param key    the member of the notification's `params` that names the thing
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter">MCP
///      2026-07-28, Notification Filter</a>
public record Topic(String field, String method, String key) {

    /// Updated resources, by their uri.
    public static final Topic RESOURCES = new Topic("resourceSubscriptions", "notifications/resources/updated", "uri");

    private static final int MAX_NAME = 256;

    /// Checks the names.
    ///
    /// @throws IllegalArgumentException if one is empty or longer than 256 characters, or the method is that of a changed list
    public Topic {
        requireName("field", field);
        requireName("method", method);
        requireName("key", key);
        if (isListChange(method)) {
            throw new IllegalArgumentException("method of a topic must not be that of a changed list: " + method);
        }
    }

    static boolean isListChange(String method) {
        return method.endsWith("/list_changed");
    }

    private static void requireName(String name, String value) {
        if (value.isEmpty() || value.length() > MAX_NAME) {
            throw new IllegalArgumentException(name + " of a topic must have 1 to " + MAX_NAME + " characters: " + value.length());
        }
    }

    /// {@return the key of one thing}
    /// @param value the thing, such as a resource's uri
    public Key of(String value) {
        return new Key(method, value);
    }

    /// {@return the keys of several things}
    /// @param values the things, such as uris of resources
    public Set<Key> of(Collection<String> values) {
        return values.stream().map(this::of).collect(Collectors.toUnmodifiableSet());
    }

    /// Identifies one thing of a [Topic], such as one resource. Subscriptions name it, and events are about it. Immutable.
    ///
    /// @param method the topic's method
    /// @param value  the thing, such as a resource's uri
    public record Key(String method, String value) {

        /// Checks that nothing is null.
        public Key {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(value, "value");
        }
    }
}
