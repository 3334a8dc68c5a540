package dev.mcpsession.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventFilterTest {

    private static final SessionId SESSION = SessionId.random();
    private static final Owner ANN = Owner.principal("ann");

    @Test
    void wants_everyAudience_knowsItsOwn() {
        var filter = EventFilter.of(SESSION, ANN).only(Set.of("a"));

        assertTrue(filter.wants(Event.of("a")));
        assertFalse(filter.wants(Event.of("b")));
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
    void only_methods_keepsWhoSubscribes() {
        var filter = EventFilter.of(SESSION, ANN).only(Set.of("a"));

        assertEquals(Optional.of(SESSION), filter.session());
        assertEquals(ANN, filter.owner());
        assertFalse(filter.wantsAll());
        assertTrue(EventFilter.of(SESSION, Owner.anonymous()).isAddressable());
    }

    @Test
    void new_invalid_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> EventFilter.all().only(Set.of()));
        assertThrows(NullPointerException.class, () -> EventFilter.of(null, ANN));
        assertThrows(NullPointerException.class, () -> EventFilter.of(SESSION, null));
    }
}
