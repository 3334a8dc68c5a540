package dev.mcpsession.benchmarks.replicas;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Start;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.json.Json;
import dev.mcpsession.postgres.PostgresBackend;
import dev.mcpsession.postgres.server.PgDatabase;

/// This library, opened by the URL of a database as in a server. Each replica has ten connections for statements and one that listens.
final class McpSessionReplicas implements Replicas {

    private final Backend first;
    private final Backend second;

    McpSessionReplicas(PgDatabase database, Reader reader) {
        first = open(database);
        second = open(database);
        var subscription = second.broadcaster().subscribe(EventFilter.all(), Start.now());
        Thread.startVirtualThread(() -> read(subscription, reader));
    }

    private static Backend open(PgDatabase database) {
        return new PostgresBackend().open(database.url(), SessionPolicy.DEFAULT, BroadcasterOptions.DEFAULT);
    }

    private static void read(Subscription subscription, Reader reader) {
        try {
            while (isGoingOn(subscription.next(), reader));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isGoingOn(Delivery delivery, Reader reader) {
        switch (delivery) {
            case Delivery.Next next -> reader.arrived(next.event().params().string("data").orElseThrow());
            case Delivery.Lagged(var missed, _, _) -> reader.lost(missed);
            case Delivery.Idle() -> {}
            case Delivery.Closed _ -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void publish(String text) {
        first.broadcaster().publish(Event.of("notifications/message", Json.obj().with("level", "info").with("data", text)));
    }

    @Override
    public void close() {
        try (first; second) {
            // nothing else
        }
    }
}
