package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a `subscriptions/listen` is granted: what it requests and the application offers, up to a number of things.
///
/// @param lists  the lists whose changes are sent
/// @param topics the keys of the things about which events are sent; at least one for each topic
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter">MCP
///      2026-07-28, Notification Filter</a>
record NotificationFilter(Set<ListChange> lists, SequencedMap<Topic, SequencedSet<String>> topics) {

    private static final int MAX_KEY = 2_048;

    /// A list of the server that can change. A listen requests its changes by a boolean.
    enum ListChange {
        PROMPTS("promptsListChanged", Event.promptsChanged()),
        RESOURCES("resourcesListChanged", Event.resourcesChanged()),
        TOOLS("toolsListChanged", Event.toolsChanged());

        private final String field;
        private final Event event;

        ListChange(String field, Event event) {
            this.field = field;
            this.event = event;
        }

        private static ListChange of(Event change) {
            return Stream.of(values()).filter(list -> list.event.method().equals(change.method())).findFirst().orElseThrow(
                    () -> new IllegalArgumentException("list change must be of prompts, resources or tools: " + change.method()));
        }
    }

    /// What a listen can request from the application. Immutable.
    ///
    /// @param lists  the lists that change
    /// @param topics whether a caller may know of a thing with a key, by topic, in the order in which they were added
    record Offer(Set<ListChange> lists, SequencedMap<Topic, BiPredicate<Owner, String>> topics) {

        static final Offer EVERYTHING =
                new Offer(EnumSet.allOf(ListChange.class), new LinkedHashMap<>()).with(Topic.RESOURCES, (_, _) -> true);

        /// @throws IllegalArgumentException if an event is not the change of a list
        Offer withLists(Event... changes) {
            var changing = EnumSet.noneOf(ListChange.class);
            for (var change : changes) changing.add(ListChange.of(change));
            return new Offer(changing, topics);
        }

        /// @throws IllegalArgumentException if another topic, or a list, has the same field or the same method
        Offer with(Topic topic, BiPredicate<Owner, String> exists) {
            var isList = Stream.of(ListChange.values()).anyMatch(list -> list.field.equals(topic.field()));
            if (isList || topics.keySet().stream().anyMatch(other -> !other.equals(topic) && isLike(other, topic))) {
                throw new IllegalArgumentException("field and method of a topic must not be those of another: " + topic);
            }
            var all = new LinkedHashMap<>(topics);
            all.put(topic, Objects.requireNonNull(exists, "exists"));
            return new Offer(lists, all);
        }

        /// {@return one change of each list, and one event about each of these things}
        List<Event> everything(Set<Topic.Key> keys) {
            var changes = lists.stream().map(list -> list.event);
            var events = topics.keySet().stream().flatMap(topic -> keys.stream().filter(key -> key.method().equals(topic.method()))
                    .map(key -> Event.of(topic, Json.obj().with(topic.key(), key.value()))));
            return Stream.concat(changes, events).toList();
        }

        private static boolean isLike(Topic one, Topic other) {
            return one.field().equals(other.field()) || one.method().equals(other.method());
        }
    }

    /// {@return the flaw of a request's `notifications`, if they are invalid} Members that are not offered are ignored.
    static Optional<String> flaw(Json.Obj requested, Offer offer) {
        var lists = Stream.of(ListChange.values()).map(list -> list.field)
                .filter(field -> requested.get(field).isPresent() && requested.bool(field).isEmpty())
                .map(field -> "notifications." + field + " must be a boolean");
        var topics = offer.topics().keySet().stream().map(Topic::field)
                .filter(field -> !requested.get(field).map(NotificationFilter::areTexts).orElse(true))
                .map(field -> "notifications." + field + " must be an array of strings");
        return Stream.concat(lists, topics).findFirst();
    }

    private static boolean areTexts(Json value) {
        return value instanceof Json.Arr(var items) && items.stream().allMatch(item -> item instanceof Json.Str);
    }

    /// {@return the part of valid `notifications` that is granted}
    ///
    /// @param most the maximum number of things that are looked up; further ones are not granted
    static NotificationFilter granted(Json.Obj requested, Offer offer, Owner caller, int most) {
        var lists = EnumSet.noneOf(ListChange.class);
        for (var list : offer.lists()) if (requested.bool(list.field).orElse(false)) lists.add(list);
        var topics = new LinkedHashMap<Topic, SequencedSet<String>>();
        var left = most;
        for (var topic : offer.topics().keySet()) {
            var keys = keys(requested, topic).filter(key -> key.length() <= MAX_KEY).distinct().limit(left).toList();
            left -= keys.size();
            var existing = keys.stream().filter(key -> offer.topics().get(topic).test(caller, key))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (!existing.isEmpty()) topics.put(topic, existing);
        }
        return new NotificationFilter(lists, topics);
    }

    private static Stream<String> keys(Json.Obj requested, Topic topic) {
        return requested.array(topic.field()).stream().flatMap(keys -> keys.items().stream()).map(key -> ((Json.Str) key).value());
    }

    /// {@return the filter as the acknowledgement shows it}
    Json.Obj toJson() {
        var granted = Json.obj();
        for (var list : lists) granted = granted.with(list.field, true);
        for (var topic : topics.entrySet()) {
            granted = granted.with(topic.getKey().field(), new Json.Arr(topic.getValue().stream().<Json>map(Json.Str::new).toList()));
        }
        return granted;
    }

    EventFilter toEventFilter(Owner owner) {
        var methods = lists.stream().map(list -> list.event.method()).collect(Collectors.toSet());
        return EventFilter.selecting(owner, methods, Set.of()).withTopics(keys().collect(Collectors.toSet()));
    }

    private Stream<Topic.Key> keys() {
        return topics.entrySet().stream().flatMap(topic -> topic.getValue().stream().map(topic.getKey()::of));
    }

    /// {@return one of each event that is granted} A client that may have missed any of them is up to date after these.
    List<Event> everything() {
        var all = new ArrayList<Event>();
        for (var list : lists) all.add(list.event);
        topics.forEach((topic, keys) -> keys.forEach(key -> all.add(Event.of(topic, Json.obj().with(topic.key(), key)))));
        return all;
    }
}
