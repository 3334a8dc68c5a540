package dev.mcpsession.postgres;

import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import java.util.ArrayList;
import java.util.List;

/// The replicas of one test, on a new log. Closes them in the order of their opening.
final class Replicas implements AutoCloseable {

    private final EventDatabase database;
    private final List<PostgresBroadcaster> replicas = new ArrayList<>();

    Replicas(EventDatabase database) {
        this.database = database;
        database.clear();
    }

    PostgresBroadcaster open(BroadcasterOptions bounds, PostgresOptions options) {
        return add(database.open(bounds, options));
    }

    /// Adds a replica that was opened elsewhere.
    PostgresBroadcaster add(PostgresBroadcaster replica) {
        replicas.add(replica);
        return replica;
    }

    @Override
    public void close() {
        replicas.forEach(Broadcaster::close);
    }
}
