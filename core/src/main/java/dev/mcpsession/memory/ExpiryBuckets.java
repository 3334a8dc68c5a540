package dev.mcpsession.memory;

import dev.mcpsession.SessionPolicy;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// Schedules the sessions that a sweep must examine. Thread-safe; each method holds a lock for a few steps, regardless of the number of
/// sessions.
class ExpiryBuckets {

    // A session is in at most one bucket. There are two lines of buckets: `living`, by expiry, holds sessions whose end has not been
    // reported, and `expired`, by the end of the revival window, holds those that can still be revived. A bucket's key is the moment
    // when it falls due: the start of the interval in which its sessions end, or, for a session that ends within the current interval,
    // the exact millisecond. So a session that returns to a bucket always lands after now, and no end is noticed late.
    //
    // A touch moves nothing, because it only postpones the expiry: a session that falls due and is alive goes to the bucket of its
    // true expiry. It is examined about twice per TTL, however often it is touched.
    //
    // A bucket is a ring of links, so a deleted session leaves it immediately, and an empty bucket leaves its line. Rejected: moving a
    // session on each touch (a third of the throughput); leaving deleted sessions until they fall due (holds a day's churn); counting
    // and compacting those (as much memory in the end, and one delete pays for all).
    //
    // Each session belongs to one of a few stripes by its id, each with both lines and a lock. With one lock for all, two threads that
    // create sessions at full speed got a third of the throughput whenever they fell into handing the lock to each other. Rejected: more
    // stripes, because each has its own buckets, which take memory while they hold only a few sessions.

    private static final Duration WIDEST_LIVING = Duration.ofSeconds(1);
    private static final Duration WIDEST_EXPIRED = Duration.ofMinutes(1);
    private static final int BUCKETS_PER_SPAN = 16;
    private static final int STRIPES = 8;

    private final List<Stripe> stripes;
    private int polled; // the stripe that is polled next, a hint

    ExpiryBuckets(SessionPolicy policy) {
        this(policy, STRIPES);
    }

    /// @param count how many stripes; a power of two
    ExpiryBuckets(SessionPolicy policy, int count) {
        stripes = Stream.generate(() -> new Stripe(policy)).limit(count).toList();
    }

    private Stripe of(SessionEntry session) {
        var hash = session.id().hashCode();
        return stripes.get((hash ^ hash >>> 16) & stripes.size() - 1);
    }

    /// Schedules a session for its expiry, wherever it was before.
    void schedule(SessionEntry session, long now) {
        of(session).schedule(session, now);
    }

    /// Schedules an expired session that was polled for the end of its revival window, unless it was revived meanwhile.
    void keep(SessionEntry session, long now) {
        of(session).keep(session, now);
    }

    void remove(SessionEntry session) {
        of(session).remove(session);
    }

    /// {@return a session that may have expired and was not reported yet, removed from its bucket; null if none is left}
    SessionEntry pollLiving(long now) {
        return poll(stripe -> stripe.pollLiving(now));
    }

    /// {@return an expired session whose revival window can have ended, removed from its bucket; null if none is left}
    SessionEntry pollExpired(long now) {
        return poll(stripe -> stripe.pollExpired(now));
    }

    /// Stays with a stripe until it has no more, so that a sweep asks each empty stripe only once.
    private SessionEntry poll(Function<Stripe, SessionEntry> next) {
        for (var asked = 0; asked < stripes.size(); asked++, polled = polled + 1 & stripes.size() - 1) {
            var session = next.apply(stripes.get(polled));
            if (session != null) return session;
        }
        return null;
    }

    /// {@return an expired session from the bucket that falls due first, removed from it; null if there is none}
    SessionEntry pollOldestExpired() {
        while (stripes.stream().anyMatch(Stripe::hasExpired)) {
            var session = stripes.stream().min(Comparator.comparingLong(Stripe::firstExpired)).orElseThrow().pollExpired(Long.MAX_VALUE);
            if (session != null) return session; // otherwise it was revived meanwhile, and another stripe may have one
        }
        return null;
    }

    /// {@return the number of buckets, none of which is empty}
    int bucketCount() {
        return stripes.stream().mapToInt(Stripe::bucketCount).sum();
    }

    private static final class Bucket extends Link {
        private final long dueAt;
        private final Line line;

        Bucket(long dueAt, Line line) {
            this.dueAt = dueAt;
            this.line = line;
            before = this;
            after = this;
        }
    }

    private record Line(NavigableMap<Long, Bucket> buckets, long width) {

        Line(Duration span, Duration widest) {
            this(new TreeMap<>(), Math.clamp(span.toMillis() / BUCKETS_PER_SPAN, 1, widest.toMillis()));
        }

        void append(Link link, long end, long now) {
            var start = end - end % width;
            var bucket = buckets.computeIfAbsent(start > now ? start : end, dueAt -> new Bucket(dueAt, this));
            link.before = bucket.before;
            link.after = bucket;
            link.before.after = link;
            link.after.before = link;
        }

        SessionEntry poll(long now) {
            if (buckets.isEmpty() || buckets.firstKey() > now) return null;
            var first = (SessionEntry) buckets.firstEntry().getValue().after;
            unlink(first);
            return first;
        }
    }

    private static final class Stripe {
        private final SessionPolicy policy;
        private final Line living;
        private final Line expired;

        Stripe(SessionPolicy policy) {
            this.policy = policy;
            living = new Line(policy.ttl(), WIDEST_LIVING);
            expired = new Line(policy.revivalWindow(), WIDEST_EXPIRED);
        }

        synchronized void schedule(SessionEntry session, long now) {
            unlink(session);
            var life = session.life(); // read under the lock: either this sees GONE, or remove() finds the session here
            if (life != SessionEntry.GONE) living.append(session, SessionEntry.expiresAt(life), now);
        }

        synchronized void keep(SessionEntry session, long now) {
            var life = session.life();
            if (session.isLinked() || !SessionEntry.isExpired(life)) return;
            expired.append(session, session.revivableUntil(life, policy), now);
        }

        synchronized void remove(SessionEntry session) {
            unlink(session);
        }

        synchronized SessionEntry pollLiving(long now) {
            return living.poll(now);
        }

        synchronized SessionEntry pollExpired(long now) {
            return expired.poll(now);
        }

        synchronized long firstExpired() {
            return expired.buckets.isEmpty() ? Long.MAX_VALUE : expired.buckets.firstKey();
        }

        synchronized boolean hasExpired() {
            return !expired.buckets.isEmpty();
        }

        synchronized int bucketCount() {
            return living.buckets.size() + expired.buckets.size();
        }
    }

    private static void unlink(Link link) {
        if (!link.isLinked()) return;
        link.before.after = link.after;
        link.after.before = link.before;
        if (link.before == link.after && link.after instanceof Bucket empty) empty.line.buckets.remove(empty.dueAt);
        link.before = null;
        link.after = null;
    }
}
