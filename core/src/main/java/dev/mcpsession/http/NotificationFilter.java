package dev.mcpsession.http;

import dev.mcpsession.Owner;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a `subscriptions/listen` asks for and gets: no more resources than one may ask for, and nothing that is not known here.
///
/// @param lists     the fields that are true, each for the changes of one list
/// @param resources the uris of the resources whose updates are wanted
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter">MCP
///      2026-07-28, Notification Filter</a>
record NotificationFilter(Set<String> lists, SequencedSet<String> resources) {

    private static final String RESOURCES = "resourceSubscriptions";
    private static final String UPDATED = "notifications/resources/updated";
    private static final int MAX_URI = 2_048;
    private static final Map<String, String> METHODS = new TreeMap<>(Map.of(
            "toolsListChanged", "notifications/tools/list_changed",
            "promptsListChanged", "notifications/prompts/list_changed",
            "resourcesListChanged", "notifications/resources/list_changed"));

    /// Reads the parameters of the request.
    ///
    /// @param maxResources how many resources are granted at the most; of more, the first
    /// @return the filter, or empty if the parameters have none that makes sense
    static Optional<NotificationFilter> of(Json.Obj params, int maxResources) {
        return params.object("notifications").filter(NotificationFilter::isValid).map(asked -> new NotificationFilter(
                METHODS.keySet().stream().filter(field -> asked.get(field).equals(Optional.of(new Json.Bool(true))))
                        .collect(Collectors.toUnmodifiableSet()),
                uris(asked).filter(uri -> uri.length() <= MAX_URI).distinct().limit(maxResources)
                        .collect(Collectors.toCollection(LinkedHashSet::new))));
    }

    private static boolean isValid(Json.Obj asked) {
        return METHODS.keySet().stream().allMatch(field -> asked.get(field).map(value -> value instanceof Json.Bool).orElse(true))
                && asked.get(RESOURCES).map(NotificationFilter::areTexts).orElse(true);
    }

    private static boolean areTexts(Json value) {
        return value instanceof Json.Arr(var items) && items.stream().allMatch(item -> item instanceof Json.Str);
    }

    private static Stream<String> uris(Json.Obj asked) {
        return asked.get(RESOURCES).stream().flatMap(value -> ((Json.Arr) value).items().stream()).map(item -> ((Json.Str) item).value());
    }

    /// As the client is told what it gets.
    Json.Obj toJson() {
        var granted = Json.obj();
        for (var field : METHODS.keySet()) if (lists.contains(field)) granted = granted.with(field, true);
        return resources.isEmpty() ? granted
                : granted.with(RESOURCES, new Json.Arr(resources.stream().<Json>map(Json.Str::new).toList()));
    }

    EventFilter toEventFilter(Owner owner) {
        return EventFilter.asking(owner, lists.stream().map(METHODS::get).collect(Collectors.toSet()), resources);
    }

    /// One of everything that was asked for. Whoever may have missed any of it has missed nothing after that.
    List<Event> everything() {
        var all = new ArrayList<Event>();
        METHODS.forEach((field, method) -> {
            if (lists.contains(field)) all.add(Event.of(method));
        });
        for (var uri : resources) all.add(Event.of(UPDATED, Json.obj().with("uri", uri)));
        return all;
    }
}
