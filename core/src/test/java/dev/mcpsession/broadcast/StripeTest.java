package dev.mcpsession.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Step by step what threads do at once: the readers here enter the list, and nobody parks.
@Timeout(60)
class StripeTest {

    private final StripedBroadcaster broadcaster =
            new StripedBroadcaster(BroadcasterOptions.builder().heartbeat(Duration.ofMillis(8)).build());
    private final LongAdder wakeUps = new LongAdder();
    private final Stripe stripe = new Stripe(broadcaster.log(), wakeUps);

    @AfterEach
    void close() {
        broadcaster.close();
    }

    private Reader waiting() {
        var reader = new Reader(stripe, EventFilter.all(), new EventId("a", 0), Placement.of(EventFilter.all(), Start.now(), broadcaster.log().log()));
        stripe.enter(reader);
        return reader;
    }

    private static List<Stripe.Waiter> chain(Stripe.Waiter first) {
        var all = new ArrayList<Stripe.Waiter>();
        for (var reader = first; reader != null; reader = reader.next) all.add(reader);
        return all;
    }

    private static void awaitSilent(Reader reader) {
        while (!reader.isSilent()) Thread.yield();
    }

    @Test
    void wake_oneOfTheList_unlinksItAlone() {
        var readers = List.of(waiting(), waiting(), waiting());

        stripe.wake(readers.get(1));
        stripe.wake(readers.get(1));

        assertEquals(1, wakeUps.sum());
        assertEquals(2, stripe.waiting());
        assertEquals(Stripe.RUNNING, readers.get(1).state);
        assertEquals(List.of(readers.get(2), readers.get(0)), chain(stripe.takeAll()));
    }

    @Test
    void wake_listWasTaken_isLeftToItsWalker() {
        var readers = List.of(waiting(), waiting(), waiting());
        var taken = stripe.takeAll();
        var later = waiting();

        readers.forEach(stripe::wake);

        assertEquals(0, wakeUps.sum());
        assertEquals(readers.reversed(), chain(taken));
        assertEquals(1, stripe.waiting());
        assertEquals(List.of(later), chain(stripe.takeAll()));
    }

    @Test
    void wake_takenAsSilent_isLeftToItsWalker() {
        var silent = List.of(waiting(), waiting(), waiting());
        awaitSilent(silent.getLast());

        var taken = stripe.takeSilent();
        silent.forEach(stripe::wake);

        assertEquals(0, wakeUps.sum());
        assertEquals(silent, chain(taken));
        assertEquals(0, stripe.waiting());
    }

    @Test
    void wakeSilent_several_wakesThem() {
        var silent = List.of(waiting(), waiting());
        awaitSilent(silent.getLast());

        stripe.wakeSilent();

        silent.forEach(reader -> assertEquals(Stripe.RUNNING, reader.state));
        assertEquals(2, wakeUps.sum());
        assertEquals(0, stripe.waiting());
    }

    @Test
    void wakeAll_several_appointsTheFirstAlone() {
        var readers = List.of(waiting(), waiting(), waiting());

        stripe.wakeAll();

        assertEquals(Stripe.LEADER, readers.get(2).state);
        assertEquals(1, wakeUps.sum());
        assertEquals(0, stripe.waiting());
        assertEquals(readers.reversed(), chain(readers.get(2)));
    }
}
