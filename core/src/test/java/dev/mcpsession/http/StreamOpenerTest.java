package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.spy;

import dev.mcpsession.Owner;
import dev.mcpsession.broadcast.StripedBroadcaster;
import dev.mcpsession.json.Json;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamOpenerTest {

    private final StripedBroadcaster broadcaster = new StripedBroadcaster();
    private final InFlight inFlight = new InFlight();
    private final OpenStreams streams = spy(new OpenStreams(Limits.DEFAULT, Duration.ZERO, false, inFlight, _ -> {}, () -> {}));
    private final StreamOpener opener =
            new StreamOpener(broadcaster, NotificationFilter.Offer.EVERYTHING, Limits.DEFAULT, null, streams);

    @AfterEach
    void close() {
        broadcaster.close();
    }

    @Test
    void ofListen_streamCannotBeAdded_givesItsPlaceBack() {
        doThrow(new OutOfMemoryError("simulated")).when(streams).opened(any());

        assertLeavesNothing();
    }

    @Test
    void ofListen_failsOnceItIsAdded_givesItsPlaceBackOnce() {
        doAnswer(call -> {
            call.callRealMethod();
            throw new OutOfMemoryError("simulated");
        }).when(streams).opened(any());

        assertLeavesNothing();

        assertEquals(1, streams.stats().ended().get(StreamEnd.FAILED));
    }

    private void assertLeavesNothing() {
        assertThrows(OutOfMemoryError.class, () -> opener.ofListen(Json.Num.of(1), Json.obj(), Owner.principal("ann")));

        assertEquals(0, streams.stats().open());
        assertEquals(0, inFlight.count());
        assertEquals(0, broadcaster.subscriberCount());
        assertEquals(0, streams.drain());
    }
}
