package dev.mcpsession.broadcast;

import dev.mcpsession.event.Delivery;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A reader of a [StripedBroadcaster]: a cursor into the ring of events for everyone and, where it can be addressed, an inbox.
///
/// Kept to 64 bytes, since there are tens of thousands. The cursor and what goes with it belong to the reading thread; the
/// links and the state of waiting belong to the stripe.
final class Reader implements Subscription {

    private static final Delivery IDLE = new Delivery.Idle();

    private final Stripe stripe;
    private final StripedBroadcaster broadcaster;
    private volatile EventFilter filter; // changes in its topics alone
    private Inbox inbox;
    private long cursor;
    private int messagesSeen; // modulo 2^32: only differences count
    private int lastActive;
    private volatile boolean closed;

    // the stripe's
    Thread thread;
    Reader previous;
    Reader next;
    volatile int state = Stripe.RUNNING;

    Reader(StripedBroadcaster broadcaster, Stripe stripe, EventFilter filter) {
        this.broadcaster = broadcaster;
        this.stripe = stripe;
        this.filter = filter;
        if (filter.isAddressable() || !filter.namedTopics().orElse(Set.of()).isEmpty()) inbox = newInbox();
        lastActive = broadcaster.ticks();
    }

    private Inbox newInbox() {
        return new Inbox(broadcaster.options().ringEntries());
    }

    EventFilter filter() {
        return filter;
    }

    void change(EventFilter changed) {
        filter = changed;
    }

    boolean isClosed() {
        return closed;
    }

    Inbox inbox() {
        return inbox;
    }

    Inbox inboxForResuming() {
        if (inbox == null) inbox = newInbox();
        return inbox;
    }

    void place(long ordinal, long messages) {
        cursor = ordinal;
        messagesSeen = (int) messages;
    }

    @Override
    public Delivery next() throws InterruptedException {
        while (true) {
            var delivery = take();
            if (delivery != null) return delivery;
            if (isSilent()) return idle();
            stripe.await(this);
        }
    }

    @Override
    public Optional<Delivery> poll() {
        return Optional.ofNullable(take());
    }

    private Delivery idle() {
        lastActive = broadcaster.ticks();
        return IDLE;
    }

    /// The next delivery or null. The position is read first: whatever stands at or before it is in the ring or the inbox.
    private Delivery take() {
        var log = broadcaster.log();
        while (true) {
            if (log.isClosed()) return new Delivery.Closed(Delivery.Cause.BROADCASTER_CLOSED);
            if (closed) return new Delivery.Closed(Delivery.Cause.CANCELLED);
            var published = log.position();
            if (inbox != null) inbox.refillHealing(log::find);
            var lagged = lagged(log);
            if (lagged != null) return lagged;
            var general = nextForEveryone(log.everyone());
            var mail = inbox == null ? null : inbox.first(log.addressed());
            if (isLosing(log, general)) continue; // what comes later must not overtake the word about it
            var first = earlier(general, mail);
            if (first == null || first.position() > limit(published)) return endedBy(published);
            lastActive = broadcaster.ticks();
            return first == mail ? passMail(mail) : passGeneral(log, general);
        }
    }

    /// Whether something was lost since the reader was last told.
    private boolean isLosing(EventLog log, LogEntry general) {
        return inbox != null && inbox.isLost() || general == null && isBehind(log.everyone().last());
    }

    private static LogEntry earlier(LogEntry general, LogEntry mail) {
        if (general == null || mail == null) return general == null ? mail : general;
        return general.position() < mail.position() ? general : mail;
    }

    private long limit(long published) {
        return inbox == null ? published : Math.min(published, inbox.end());
    }

    private Delivery endedBy(long published) {
        return inbox != null && inbox.end() <= published ? new Delivery.Closed(inbox.cause()) : null;
    }

    private Delivery lagged(EventLog log) {
        var lost = inbox == null ? Inbox.Lost.NOTHING : inbox.takeLost();
        if (isBehind(log.everyone().evicted()) && !isHealing()) {
            var lap = log.lap(filter, inbox, cursor, messagesSeen);
            place(lap.cursor(), lap.messagesSeen());
            if (lap.loss().concerns()) {
                var end = endOrdinal(); // asked after the lap: an end that comes later stands behind it
                var healing = lap.healing(filter, end);
                heal(healing);
                return told(lost.events() + Math.max(0, lap.lost(end) - healing.size()), lost.messages() + lap.loss().messages());
            }
        }
        return lost.events() > 0 ? told(lost.events(), lost.messages()) : null;
    }

    /// Whether there are entries for everyone that the reader has not read, up to this ordinal and before its end.
    private boolean isBehind(long ordinal) {
        return cursor < ordinal && cursor < endOrdinal();
    }

    private long endOrdinal() {
        return inbox == null ? Long.MAX_VALUE : inbox.endOrdinal();
    }

    /// Whether what healed the last lap is still being delivered. The next lap waits for it, or a reader that is slow enough
    /// would gather healing without end.
    private boolean isHealing() {
        return inbox != null && inbox.isHealing();
    }

    private Delivery told(long missed, long atMost) {
        var messages = Math.min(missed, atMost); // where a reader resumed, nobody knows which of the lost were messages
        lastActive = broadcaster.ticks();
        JfrEvents.lagged(filter, missed, messages);
        return new Delivery.Lagged(missed, messages);
    }

    private void heal(List<LogEntry.Notification> entries) {
        if (!entries.isEmpty()) inboxForResuming().heal(entries);
    }

    /// The next entry of the ring that is wanted, or what heals before it; null if there is none.
    private LogEntry nextForEveryone(Ring ring) {
        if (isHealing()) return inbox.nextHealing();
        while (cursor < ring.last()) {
            var entry = ring.at(cursor + 1);
            if (entry == null || isWanted(entry)) return entry;
            place(entry.ordinal(), entry.messages());
        }
        return null;
    }

    private boolean isWanted(LogEntry entry) {
        return switch (entry) {
            case LogEntry.Notification notification -> filter.wantsSubject(notification.heading());
            case LogEntry.NewEpoch _ -> true;
        };
    }

    private Delivery passGeneral(EventLog log, LogEntry entry) {
        if (isHealing()) inbox.removeHealing();
        else place(entry.ordinal(), entry.messages());
        return switch (entry) {
            case LogEntry.Notification notification -> notification.delivery();
            case LogEntry.NewEpoch start -> {
                heal(log.newestSignalsBefore(start, filter));
                yield told(1, 1);
            }
        };
    }

    private Delivery passMail(LogEntry.Notification mail) {
        inbox.remove(mail);
        return mail.delivery();
    }

    /// Whether the reader has something to do; asked once it is in the list of those who wait.
    boolean isReady() {
        var log = broadcaster.log();
        return closed
                || log.isClosed()
                || cursor != log.everyone().last()
                || (inbox != null && inbox.isReady(log.position()))
                || isSilent();
    }

    boolean isSilent() {
        return broadcaster.ticks() - lastActive >= StripedBroadcaster.TICKS_PER_HEARTBEAT;
    }

    /// Lets the reader go on up to a position, behind the entry for everyone with this ordinal, and not beyond.
    void endAfter(long position, long ordinal, Delivery.Cause why) {
        inbox.endAfter(position, ordinal, why);
        wake();
    }

    void wake() {
        stripe.wake(this);
    }

    @Override
    public void close() {
        if (!setClosed()) return;
        broadcaster.closed(this);
        wake();
    }

    private boolean setClosed() {
        synchronized (stripe) {
            var first = !closed;
            closed = true;
            return first;
        }
    }
}
