package dev.mcpsession.http;

import dev.mcpsession.Owner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The open listens of each authenticated owner, so that one has no more than there may be: the oldest goes, as it is the one
/// whose client is gone if any is. Anonymous callers are not one person and are not counted. Safe for use by many threads.
final class OwnerListens {

    private final int most;
    private final Map<Owner, Deque<EventStream>> byOwner = new ConcurrentHashMap<>();

    OwnerListens(int most) {
        this.most = most;
    }

    /// Adds a stream; one that is no listen does not count.
    ///
    /// @return the one that has to go for it, which does not count any more
    Optional<EventStream> add(EventStream stream) {
        return owner(stream).map(owner -> add(owner, stream));
    }

    private EventStream add(Owner owner, EventStream stream) {
        var tooMany = new EventStream[1];
        byOwner.compute(owner, (_, streams) -> {
            var all = streams == null ? new ArrayDeque<EventStream>(1) : streams;
            if (all.size() == most) tooMany[0] = all.poll();
            all.add(stream);
            return all;
        });
        return tooMany[0];
    }

    void remove(EventStream stream) {
        owner(stream).ifPresent(owner -> byOwner.computeIfPresent(owner, (_, streams) -> {
            streams.remove(stream);
            return streams.isEmpty() ? null : streams;
        }));
    }

    private static Optional<Owner> owner(EventStream stream) {
        return stream.listener().filter(owner -> !owner.isAnonymous());
    }

    boolean isEmpty() {
        return byOwner.isEmpty();
    }
}
