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
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a `subscriptions/listen` is granted: of what it asks for, what the application has, and no more things than one may ask
/// for.
///
/// @param lists  the lists whose changes are sent
/// @param topics the things about which events are sent, by their topics; none is empty
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter">MCP
///      2026-07-28, Notification Filter</a>
record NotificationFilter(Set<ListChange> lists, SequencedMap<Topic, SequencedSet<String>> topics) {

    private static final int MAX_KEY = 2_048;

    /// What makes a request's `notifications` invalid, which names the member; or empty. Undeclared members are ignored.
    static Optional<String> flaw(Json.Obj asked, ListenOptions options) {
        var lists = Stream.of(ListChange.values()).map(ListChange::field).filter(field -> !isBoolean(asked.get(field)))
                .map(field -> "notifications." + field + " must be a boolean");
        var topics = options.topics().stream().map(Topic::field)
                .filter(field -> !asked.get(field).map(NotificationFilter::areTexts).orElse(true))
                .map(field -> "notifications." + field + " must be an array of strings");
        return Stream.concat(lists, topics).findFirst();
    }

    private static boolean isBoolean(Optional<Json> value) {
        return value.map(one -> one instanceof Json.Bool).orElse(true);
    }

    private static boolean areTexts(Json value) {
        return value instanceof Json.Arr(var items) && items.stream().allMatch(item -> item instanceof Json.Str);
    }

    /// What is granted of a request's `notifications` that have no flaw.
    ///
    /// @param most how many things are granted at most; of more, the first
    static NotificationFilter granted(Json.Obj asked, ListenOptions options, Owner caller, int most) {
        var lists = EnumSet.noneOf(ListChange.class);
        for (var list : options.lists()) if (asked.get(list.field()).equals(Optional.of(new Json.Bool(true)))) lists.add(list);
        var topics = new LinkedHashMap<Topic, SequencedSet<String>>();
        var left = most;
        for (var topic : options.topics()) {
            var keys = keys(asked, topic).filter(key -> key.length() <= MAX_KEY).distinct().limit(left).toList();
            left -= keys.size();
            var existing = keys.stream().filter(key -> options.has(topic, caller, key))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (!existing.isEmpty()) topics.put(topic, existing);
        }
        return new NotificationFilter(lists, topics);
    }

    private static Stream<String> keys(Json.Obj asked, Topic topic) {
        return asked.get(topic.field()).stream()
                .flatMap(value -> ((Json.Arr) value).items().stream()).map(item -> ((Json.Str) item).value());
    }

    /// As the client is told what it gets.
    Json.Obj toJson() {
        var granted = Json.obj();
        for (var list : lists) granted = granted.with(list.field(), true);
        for (var topic : topics.entrySet()) {
            granted = granted.with(topic.getKey().field(), new Json.Arr(topic.getValue().stream().<Json>map(Json.Str::new).toList()));
        }
        return granted;
    }

    EventFilter toEventFilter(Owner owner) {
        var methods = lists.stream().map(ListChange::method).collect(Collectors.toSet());
        return EventFilter.selecting(owner, methods, Set.of()).withTopics(keys().collect(Collectors.toSet()));
    }

    private Stream<Topic.Key> keys() {
        return topics.entrySet().stream().flatMap(topic -> topic.getValue().stream().map(topic.getKey()::of));
    }

    /// One of everything that was granted. A client that may have missed any of it has missed nothing after that.
    List<Event> everything() {
        var all = new ArrayList<Event>();
        for (var list : lists) all.add(list.event());
        topics.forEach((topic, keys) -> keys.forEach(key -> all.add(Event.of(topic, Json.obj().with(topic.key(), key)))));
        return all;
    }
}
