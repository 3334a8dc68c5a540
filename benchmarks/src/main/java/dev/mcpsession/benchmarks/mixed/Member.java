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

/// One subscriber: how it subscribes and, said anew so that the library can be held against it, what is for it.
///
/// @param filter what it subscribes with
/// @param tag    what goes into the `_meta` of all that it gets, if it is a listen
/// @param wants  what is for it
record Member(EventFilter filter, Optional<SubscriptionTag> tag, Predicate<Event> wants) {

    private static final String UPDATED = "notifications/resources/updated";

    /// Who wants everything that is for everyone.
    static Member ofEverything() {
        return new Member(EventFilter.all(), Optional.empty(), event -> event.audience() instanceof Audience.Everyone);
    }

    /// A session's stream.
    ///
    /// @param resources what the session has subscribed to
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
    /// @param methods   the lists whose changes are asked for
    /// @param resources the resources that are asked for
    static Member ofListen(int request, Owner owner, Set<String> methods, Set<String> resources) {
        Predicate<Event> asked = event -> methods.contains(event.method())
                || event.method().equals(UPDATED) && resources.contains(uri(event));
        return new Member(EventFilter.selecting(owner, methods, resources), Optional.of(new SubscriptionTag(Json.Num.of(request))),
                event -> switch (event.audience()) {
                    case Audience.Everyone() -> asked.test(event);
                    case Audience.OneSession _ -> false;
                    case Audience.SessionsOf(var other) -> other.equals(owner) && asked.test(event);
                });
    }

    private static String uri(Event event) {
        return event.params().string("uri").orElse("");
    }
}
