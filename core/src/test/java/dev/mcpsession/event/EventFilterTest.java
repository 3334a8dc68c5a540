package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventFilterTest {

    private static final SessionId SESSION = SessionId.random();
    private static final String UPDATED = "notifications/resources/updated";
    private static final Owner ANN = Owner.principal("ann");

    @Test
    void wants_everyAudience_knowsItsOwn() {
        var filter = EventFilter.of(SESSION, ANN);

        assertTrue(filter.wants(Event.of("a")));
        assertTrue(filter.wants(Event.of("b").to(SESSION)));
        assertTrue(filter.wants(Event.of("b").to(Owner.principal("ann"))));
        assertFalse(filter.wants(Event.of("a").to(SessionId.random())));
        assertFalse(filter.wants(Event.of("a").to(Owner.token("ann"))));
    }

    @Test
    void all_addressed_isNotWanted() {
        assertTrue(EventFilter.all().wants(Event.of("a")));
        assertFalse(EventFilter.all().wants(Event.of("a").to(SESSION)));
        assertFalse(EventFilter.all().wants(Event.of("a").to(ANN)));
        assertFalse(EventFilter.all().isAddressable());
    }

    @Test
    void of_session_namesItAndItsOwner() {
        var filter = EventFilter.of(SESSION, ANN);

        assertEquals(Optional.of(SESSION), filter.session());
        assertEquals(ANN, filter.owner());
        assertEquals(Optional.empty(), filter.namedMethods());
        assertTrue(EventFilter.of(SESSION, Owner.anonymous()).isAddressable());
    }

    @Test
    void wants_updatedResources_areWantedByThoseWhoAskedForThem() {
        var session = EventFilter.of(SESSION, ANN);

        assertTrue(EventFilter.all().wants(updated("u")));
        assertFalse(session.wants(updated("u")));
        assertTrue(session.withTopics(Topic.RESOURCES.of(Set.of("u"))).wants(updated("u")));
        assertFalse(session.withTopics(Topic.RESOURCES.of(Set.of("u"))).wants(updated("U")));
        assertFalse(session.withTopics(Topic.RESOURCES.of(Set.of("u"))).wants(Event.of(UPDATED)));
        assertTrue(session.withTopics(Topic.RESOURCES.of(Set.of("u"))).wants(Event.of("a")));
        assertTrue(session.wants(updated("u").to(SESSION)));
        assertTrue(session.wants(updated("u").to(ANN)));
        assertEquals(Optional.of(Set.of(Topic.RESOURCES.of("u"))), session.withTopics(Topic.RESOURCES.of(Set.of("u"))).namedTopics());
        assertEquals(Optional.of(Set.of()), EventFilter.selecting(Owner.anonymous(), Set.of("a"), Set.of()).namedTopics());
        assertEquals(Optional.empty(), EventFilter.all().namedTopics());
    }

    @Test
    void wants_thingsOfTopics_areWantedByThoseWhoAskedForThem() {
        var tasks = new Topic("taskIds", "notifications/tasks", "taskId");
        var one = Event.of(tasks, Json.obj().with("taskId", "1"));
        var session = EventFilter.of(SESSION, ANN);
        var listen = EventFilter.selecting(ANN, Set.of("a"), Set.of()).withTopics(tasks.of(List.of("1", "2")));

        assertTrue(EventFilter.all().wants(one));
        assertFalse(EventFilter.selecting(Owner.anonymous(), Set.of(one.method()), Set.of()).wants(one));
        assertFalse(session.wants(one));
        assertTrue(session.wants(one.to(SESSION)));
        assertTrue(session.withTopics(tasks.of(Set.of("1"))).wants(one));
        assertTrue(listen.wants(one));
        assertTrue(listen.wants(one.to(ANN)));
        assertFalse(listen.wants(Event.of(tasks, Json.obj().with("taskId", "3"))));
        assertFalse(listen.wants(Event.of(one.method(), one.params())), "about no thing: a message");
        assertFalse(EventFilter.selecting(ANN, Set.of(), Set.of("1")).wants(one), "another topic's key");
    }

    @Test
    void asking_thisAndThat_wantsNothingElseWhomeverItIsFor() {
        var filter = EventFilter.selecting(ANN, Set.of("a"), Set.of("u"));

        for (var audience : new Audience[] {new Audience.Everyone(), new Audience.SessionsOf(ANN)}) {
            assertTrue(filter.wants(new Event("a", Json.obj(), audience)));
            assertTrue(filter.wants(new Event(UPDATED, Json.obj().with("uri", "u"), audience)));
            assertFalse(filter.wants(new Event(UPDATED, Json.obj().with("uri", "v"), audience)));
            assertFalse(filter.wants(new Event("b", Json.obj(), audience)));
        }
        assertFalse(filter.wants(Event.of("a").to(SESSION)));
        assertFalse(filter.wants(Event.of("a").to(Owner.principal("bob"))));
        assertTrue(filter.isAddressable());
        var nobody = EventFilter.selecting(Owner.anonymous(), Set.of("a"), Set.of());
        assertFalse(nobody.isAddressable());
        assertFalse(nobody.wants(Event.of("a").to(ANN)));
        assertFalse(nobody.wants(updated("u")));
        assertFalse(EventFilter.selecting(ANN, Set.of(), Set.of()).wants(Event.of("a")));
    }

    private static Event updated(String uri) {
        return Event.of(UPDATED, Json.obj().with("uri", uri));
    }

    @Test
    void new_invalid_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> EventFilter.all().withTopics(Set.of()));
        assertThrows(NullPointerException.class, () -> EventFilter.of(null, ANN));
        assertThrows(NullPointerException.class, () -> EventFilter.of(SESSION, null));
    }
}
