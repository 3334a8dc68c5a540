package dev.mcpsession.benchmarks.mixed;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.Audience;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.SubscriptionTag;
import dev.mcpsession.event.Topic;
import dev.mcpsession.json.Json;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// A subscriber: how it subscribes and, independently of the library so that it can be checked, which events it should receive.
///
/// @param filter the filter of its subscription
/// @param tag    added to the `_meta` of its events if it is a listen
/// @param wants  matches the events that it should receive
record Member(EventFilter filter, Optional<SubscriptionTag> tag, Predicate<Event> wants) {

    private static final String UPDATED = "notifications/resources/updated";

    /// A subscriber to all broadcast events.
    static Member ofEverything() {
        return new Member(EventFilter.all(), Optional.empty(), event -> event.audience() instanceof Audience.Everyone);
    }

    /// A session's stream.
    ///
    /// @param resources the resources to which the session is subscribed
    static Member ofSession(SessionId session, Owner owner, Set<String> resources) {
        return new Member(EventFilter.of(session, owner).withTopics(Topic.RESOURCES.of(resources)), Optional.empty(),
                event -> switch (event.audience()) {
                    case Audience.Everyone() -> !event.method().equals(UPDATED) || resources.contains(uri(event));
                    case Audience.OneSession(var other) -> other.equals(session);
                    case Audience.SessionsOf(var other) -> other.equals(owner);
                });
    }

    /// The stream of a `subscriptions/listen`.
    ///
    /// @param request   the request's id
    /// @param methods   the methods of the list changes in its filter
    /// @param resources the resources in its filter
    static Member ofListen(int request, Owner owner, Set<String> methods, Set<String> resources) {
        Predicate<Event> selected = event -> methods.contains(event.method())
                || event.method().equals(UPDATED) && resources.contains(uri(event));
        return new Member(EventFilter.selecting(owner, methods, resources), Optional.of(new SubscriptionTag(Json.Num.of(request))),
                event -> switch (event.audience()) {
                    case Audience.Everyone() -> selected.test(event);
                    case Audience.OneSession _ -> false;
                    case Audience.SessionsOf(var other) -> other.equals(owner) && selected.test(event);
                });
    }

    private static String uri(Event event) {
        return event.params().string("uri").orElse("");
    }
}
