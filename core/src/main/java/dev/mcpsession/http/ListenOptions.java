package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Topic;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// What the application has that a `subscriptions/listen` can ask for: the lists that change, and the topics with the things that
/// exist. A listen is granted this and no more, and its acknowledgement says so. Immutable.
///
/// ```java
/// SessionHandler.builder(store).listens(ListenOptions.DEFAULT
///         .withLists(ListChange.TOOLS, ListChange.RESOURCES)
///         .withTopic(Topic.RESOURCES, (owner, uri) -> board.has(uri))
///         .withTopic(new Topic("taskIds", "notifications/tasks", "taskId"), tasks::isOf));
/// ```
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#acknowledgment">MCP
///      2026-07-28, Subscriptions, Acknowledgment</a>
public final class ListenOptions {

    private static final BiPredicate<Owner, String> EVERY = (_, _) -> true;

    /// All lists, and every resource.
    public static final ListenOptions DEFAULT = new ListenOptions(EnumSet.allOf(ListChange.class), Map.of(Topic.RESOURCES, EVERY));

    private final Set<ListChange> lists;
    private final Map<Topic, BiPredicate<Owner, String>> topics;

    private ListenOptions(Set<ListChange> lists, Map<Topic, BiPredicate<Owner, String>> topics) {
        this.lists = Collections.unmodifiableSet(lists);
        this.topics = Collections.unmodifiableMap(topics);
    }

    /// Returns a copy with these lists only.
    ///
    /// @param values the lists of which the application publishes changes; may be none
    /// @return new options
    public ListenOptions withLists(ListChange... values) {
        var kept = EnumSet.noneOf(ListChange.class);
        kept.addAll(List.of(values));
        return new ListenOptions(kept, topics);
    }

    /// Returns a copy with another topic, of which every thing can be asked for.
    ///
    /// @param topic the topic
    /// @return new options
    /// @throws IllegalArgumentException if another topic, or a list, has the same field or the same method
    public ListenOptions withTopic(Topic topic) {
        return withTopic(topic, EVERY);
    }

    /// Returns a copy with another topic, or with other things of a topic that it has.
    ///
    /// The predicate is called when a listen opens, in the request's thread, while the client waits; an exception fails the request.
    /// It should be false for a thing that the caller must not know of.
    ///
    /// @param topic  the topic
    /// @param exists whether a caller can ask for a thing: the caller, and the thing's key, such as a uri; used by many threads
    /// @return new options
    /// @throws IllegalArgumentException if another topic, or a list, has the same field or the same method
    public ListenOptions withTopic(Topic topic, BiPredicate<Owner, String> exists) {
        var isList = Stream.of(ListChange.values()).anyMatch(list -> list.field().equals(topic.field()));
        if (isList || topics.keySet().stream().anyMatch(other -> !other.equals(topic) && isLike(other, topic))) {
            throw new IllegalArgumentException("field and method of a topic must not be those of another: " + topic);
        }
        var all = new LinkedHashMap<>(topics);
        all.put(topic, Objects.requireNonNull(exists, "exists"));
        return new ListenOptions(lists, all);
    }

    private static boolean isLike(Topic one, Topic other) {
        return one.field().equals(other.field()) || one.method().equals(other.method());
    }

    Set<ListChange> lists() {
        return lists;
    }

    /// In the order in which they were added.
    Set<Topic> topics() {
        return topics.keySet();
    }

    boolean has(Topic topic, Owner caller, String key) {
        return topics.get(topic).test(caller, key);
    }
}
