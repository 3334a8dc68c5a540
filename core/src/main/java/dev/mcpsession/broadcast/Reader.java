package dev.mcpsession.broadcast;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.EventId;
import dev.mcpsession.event.Subscription;
import dev.mcpsession.event.Topic;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A subscription of a [StripedBroadcaster]: a cursor into the ring of broadcast events and, if it can be addressed, an inbox.
///
/// Kept to 64 bytes, since there are tens of thousands. The cursor and the fields after it belong to the reading thread.
final class Reader extends Stripe.Waiter implements Subscription {

    /// The heartbeat's clock ticks this often per period, so a silent reader waits for between 7/8 of a period and a whole one.
    static final int TICKS_PER_HEARTBEAT = 8;

    private static final Delivery IDLE = new Delivery.Idle();

    private final EventId start;
    private long cursor;
    private int messagesSeen; // modulo 2^32: only differences count
    private int lastActive;

    /// @param start the position of its placement
    Reader(Stripe stripe, EventFilter filter, EventId start, Placement at) {
        super(stripe, filter,
                filter.isAddressable() || filter.namedTopics().filter(keys -> !keys.isEmpty()).isPresent() || at.needsInbox());
        this.start = start;
        moveTo(at.cursor(), at.messagesSeen());
        lastActive = host().ticks();
    }

    /// Looks up what the reader has missed. Called once before it is read, without the broadcaster's lock.
    void catchUp(Placement at) {
        if (at.missed() > 0) inbox().lose(at.missed(), at.messages(), at.isUnknown());
        if (at.overrun() != null) recover(at.overrun());
        if (at.mail() != null) collect(at.mail());
        if (at.recent() != null) heal(at.recent());
    }

    private void collect(Placement.Mail mail) {
        var wanted = new long[Math.toIntExact(Math.max(0, mail.last() - mail.first() + 1))];
        var count = 0;
        var position = 0L;
        for (var ordinal = mail.first(); ordinal <= mail.last(); ordinal++) {
            var entry = (LogEntry.Notification) host().log().addressed().at(ordinal);
            // An event that is gone by now counts as wanted if this reader lost any: the inbox then reports it as lost.
            if (entry == null ? isLost(mail.after()) : filter().wants(entry.heading())) wanted[count++] = ordinal;
            if (entry != null) position = entry.position();
        }
        inbox().prepend(wanted, count, position);
    }

    private boolean isLost(long mailAfter) {
        return host().locked(log -> log.evicted().isMailLost(filter(), mailAfter));
    }

    private void heal(Placement.Recent recent) {
        var signals = host().log().recent();
        inbox().heal(signals.select(filter(), recent.upTo(), recent.now()));
        if (signals.forgotten() > recent.forgotten()) inbox().lose(1, 1, false); // one was forgotten meanwhile, so it may be missing
    }

    private void moveTo(long ordinal, long messages) {
        cursor = ordinal;
        messagesSeen = (int) messages;
    }

    @Override
    public EventId start() {
        return start;
    }

    @Override
    public Delivery next() throws InterruptedException {
        while (true) {
            var delivery = take();
            if (delivery != null) return delivery;
            if (isSilent()) {
                lastActive = host().ticks();
                return IDLE;
            }
            stripe().await(this);
        }
    }

    @Override
    public Optional<Delivery> poll() {
        return Optional.ofNullable(take());
    }

    /// The next delivery, or null. The position is read first: every event at or before it is in the ring or the inbox.
    private Delivery take() {
        var log = host().log();
        while (true) {
            if (log.isClosed()) return new Delivery.Closed(Delivery.Cause.BROADCASTER_CLOSED);
            if (isClosed()) return new Delivery.Closed(Delivery.Cause.CANCELLED);
            var published = log.position();
            if (hasInbox()) inbox().refillHealing(signal -> host().locked(it -> it.find(signal)));
            var lagged = lagged(log);
            if (lagged != null) return lagged;
            var broadcast = nextBroadcast(log.everyone());
            var mail = hasInbox() ? inbox().first(log.addressed()) : null;
            if (isLosing(log, broadcast)) continue; // a later event must not overtake the report
            var first = earlier(broadcast, mail);
            if (first == null || first.position() > limit(published)) return endedBy(published);
            lastActive = host().ticks();
            return first == mail ? passMail(mail) : passBroadcast(log, broadcast);
        }
    }

    /// Whether something was lost since the last report.
    private boolean isLosing(EventLog log, LogEntry broadcast) {
        return hasInbox() && inbox().isLost() || broadcast == null && isBehind(log.everyone().last());
    }

    private static LogEntry earlier(LogEntry broadcast, LogEntry mail) {
        if (broadcast == null || mail == null) return broadcast == null ? mail : broadcast;
        return broadcast.position() < mail.position() ? broadcast : mail;
    }

    private long limit(long published) {
        return hasInbox() ? Math.min(published, inbox().end()) : published;
    }

    private Delivery endedBy(long published) {
        return hasInbox() && inbox().end() <= published ? new Delivery.Closed(inbox().cause()) : null;
    }

    private Delivery lagged(EventLog log) {
        if (isBehind(log.everyone().evicted()) && !isHealing()) {
            recover(host().locked(it -> it.overrun(filter(), hasInbox() ? inbox().forgotten() : 0, cursor, messagesSeen)));
        }
        var lost = hasInbox() ? inbox().takeLost() : null;
        return lost == null ? null : lagged(lost);
    }

    private void recover(EvictedEvents.Overrun overrun) {
        moveTo(overrun.cursor(), overrun.messagesSeen());
        if (!overrun.concerns()) return;
        var end = endOrdinal(); // read after the overrun: an end that is set later is after it
        var evicted = host().log().evicted();
        var healing = evicted.healing(filter(), overrun, end);
        var meanwhile = evicted.forgotten() - overrun.forgotten(); // signals that may be missing
        inbox().heal(healing);
        inbox().lose(Math.max(0, overrun.missedUntil(end) - healing.size()) + meanwhile, overrun.messages() + meanwhile,
                overrun.isReset());
    }

    /// Whether there are broadcast events that the reader has not read, up to this ordinal and before its end.
    private boolean isBehind(long ordinal) {
        return cursor < ordinal && cursor < endOrdinal();
    }

    private long endOrdinal() {
        return hasInbox() ? inbox().endOrdinal() : Long.MAX_VALUE;
    }

    /// Whether the signals that heal the last overrun are still being delivered. The next overrun waits for them; otherwise a reader
    /// that is slow enough would accumulate them without bound.
    private boolean isHealing() {
        return hasInbox() && inbox().isHealing();
    }

    private Delivery lagged(Inbox.Lost lost) {
        lastActive = host().ticks();
        JfrEvents.lagged(filter(), lost.events(), lost.messages());
        return new Delivery.Lagged(lost.events(), lost.messages(), lost.isUnknown());
    }

    /// The next signal that heals, or the next wanted entry of the ring; null if there is neither.
    private LogEntry nextBroadcast(Ring ring) {
        if (isHealing()) return inbox().nextHealing();
        while (cursor < ring.last()) {
            var entry = ring.at(cursor + 1);
            if (entry == null || isWanted(entry)) return entry;
            moveTo(entry.ordinal(), entry.messages());
        }
        return null;
    }

    private boolean isWanted(LogEntry entry) {
        return switch (entry) {
            case LogEntry.Notification notification -> filter().wantsSubject(notification.heading());
            case LogEntry.NewEpoch _ -> true;
        };
    }

    private Delivery passBroadcast(EventLog log, LogEntry entry) {
        if (isHealing()) inbox().removeHealing();
        else moveTo(entry.ordinal(), entry.messages());
        return switch (entry) {
            case LogEntry.Notification notification -> notification.delivery();
            case LogEntry.NewEpoch start -> {
                var forgotten = log.evicted().forgotten();
                heal(newestBefore(start, filter(), log));
                var lost = 1 + log.evicted().forgotten() - forgotten;
                yield lagged(new Inbox.Lost(lost, lost, true));
            }
        };
    }

    /// The newest of each wanted signal before a new epoch, in order, whether or not it has left the ring. Needs no lock.
    private static List<LogEntry.Notification> newestBefore(LogEntry.NewEpoch start, EventFilter filter, EventLog log) {
        var everyone = log.everyone();
        var newest = new HashMap<SignalKey, LogEntry.Notification>();
        for (var ordinal = everyone.evicted() + 1; ordinal < start.ordinal(); ordinal++) {
            if (everyone.at(ordinal) instanceof LogEntry.Notification entry
                    && entry.heading().isSignal() && filter.wants(entry.heading())) {
                newest.put(SignalKey.of(entry.heading()), entry);
            }
        }
        // Read after the ring, so that what leaves it meanwhile is found here. Signals of the new epoch come with a later loss.
        for (var entry : log.evicted().signalsBefore(start.ordinal(), filter)) {
            newest.merge(SignalKey.of(entry.heading()), entry, (a, b) -> a.ordinal() > b.ordinal() ? a : b);
        }
        return newest.values().stream().sorted(Comparator.comparingLong(LogEntry::ordinal)).toList();
    }

    private void heal(List<LogEntry.Notification> entries) {
        if (!entries.isEmpty()) inbox().heal(entries);
    }

    private Delivery passMail(LogEntry.Notification mail) {
        inbox().remove(mail);
        return mail.delivery();
    }

    @Override
    public Set<Topic.Key> topics() {
        return filter().namedTopics().orElse(Set.of());
    }

    @Override
    boolean isReady() {
        var log = host().log();
        return isClosed() || log.isClosed() || cursor != log.everyone().last()
                || hasInbox() && inbox().isReady(log.position()) || isSilent();
    }

    @Override
    boolean isSilent() {
        return host().ticks() - lastActive >= TICKS_PER_HEARTBEAT;
    }

    @Override
    public void close() {
        if (!setClosed()) return;
        host().closed(this);
        wake();
    }

    @Override
    public String toString() {
        return "subscription after " + start + filter().session().map(session -> " of session " + session).orElse("");
    }
}
