package dev.mcpsession.memory;

import dev.mcpsession.SessionPolicy;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Tells which sessions to look at, and when. Safe for use by many threads; each method holds the one lock for a few
/// steps only, however many sessions there are.
///
/// A session is in one bucket or in none. There are two lines of buckets: *living*, by expiry, with sessions whose end has
/// not been reported; and *expired*, by the end of the time in which they can be revived. A bucket's key is the moment when
/// it falls due. It is the start of the interval that its sessions end in; a session that ends within the interval that has
/// begun gets a bucket of its very millisecond. So whoever is put back alive is put behind now, and an end is never
/// noticed late.
///
/// A touch moves nothing, since it only ever moves the expiry away: a session that falls due and is alive goes to the
/// bucket of its true expiry. It is looked at about twice in a TTL, however often it is touched.
///
/// A bucket is a ring of links, so that a deleted session leaves it at once and an empty one leaves its line. Rejected:
/// to move a session at each touch (a third of the throughput); to leave deleted sessions until they fall due (a day's
/// churn would be held); to count those and compact (the same in the end, and some delete pays for all).
class ExpiryBuckets {

    private static final Duration WIDEST_LIVING = Duration.ofSeconds(1);
    private static final Duration WIDEST_EXPIRED = Duration.ofMinutes(1);
    private static final int BUCKETS_PER_SPAN = 16;

    private final SessionPolicy policy;
    private final Line living;
    private final Line expired;

    /// A session's place in a bucket, or nowhere. Guarded by the lock of its [ExpiryBuckets].
    abstract static class Link {
        Link before;
        Link after;
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

    ExpiryBuckets(SessionPolicy policy) {
        this.policy = policy;
        living = new Line(policy.ttl(), WIDEST_LIVING);
        expired = new Line(policy.revivalWindow(), WIDEST_EXPIRED);
    }

    /// Puts a session where its expiry will be noticed, wherever it was before.
    synchronized void watch(SessionEntry session, long now) {
        unlink(session);
        var life = session.life(); // read under the lock: either this sees that it is gone, or remove() finds it here
        if (life != SessionEntry.GONE) living.append(session, SessionEntry.expiresAt(life), now);
    }

    /// Puts an expired session that was polled where the end of its revival will be noticed. Leaves it alone if somebody
    /// has revived it since.
    synchronized void keep(SessionEntry session, long now) {
        var life = session.life();
        if (isLinked(session) || !SessionEntry.isExpired(life)) return;
        expired.append(session, session.revivableUntil(life, policy), now);
    }

    /// Takes out a session that is gone.
    synchronized void remove(SessionEntry session) {
        unlink(session);
    }

    /// Takes out a session that may have expired and was not reported yet.
    ///
    /// @return null if there is none left
    synchronized SessionEntry pollLiving(long now) {
        return living.poll(now);
    }

    /// Takes out an expired session whose revival may have ended, the first to end first.
    ///
    /// @return null if there is none left
    synchronized SessionEntry pollExpired(long now) {
        return expired.poll(now);
    }

    /// How many buckets there are; none is empty.
    synchronized int bucketCount() {
        return living.buckets.size() + expired.buckets.size();
    }

    private static boolean isLinked(Link link) {
        return link.after != null;
    }

    private static void unlink(Link link) {
        if (!isLinked(link)) return;
        link.before.after = link.after;
        link.after.before = link.before;
        if (link.before == link.after && link.after instanceof Bucket empty) empty.line.buckets.remove(empty.dueAt);
        link.before = null;
        link.after = null;
    }
}
