package dev.mcpsession.broadcast;

import dev.mcpsession.event.EventFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// What can still be read of a log, and what is known about that which cannot: the two rings, and the losses of each. Guarded by
/// the log's lock, except that readers read the rings without.
final class Retained {

    private final Ring everyone;
    private final Ring addressed;
    private final EvictedEvents losses;
    private final LastSeen<Long> lastLostMail; // by audience; the position

    Retained(BroadcasterOptions options, SubscriptionIndex addressees) {
        everyone = new Ring(options.ringEntries(), options.ringBytes());
        addressed = new Ring(options.ringEntries(), options.ringBytes());
        losses = new EvictedEvents(options.signalKeys(), options.ringBytes(), addressees);
        lastLostMail = new LastSeen<>(EvictedEvents.HASHES_PER_KEY * options.signalKeys());
    }

    Ring everyone() {
        return everyone;
    }

    Ring addressed() {
        return addressed;
    }

    long entries() {
        return everyone.last() - everyone.evicted() + addressed.last() - addressed.evicted();
    }

    long bytes() {
        return everyone.bytes() + addressed.bytes();
    }

    /// What leaves the ring is written down first: if that fails, it is still there.
    void makeRoom(int bytes) {
        while (everyone.mustEvictFor(bytes)) {
            losses.add(everyone.oldest());
            everyone.evictOldest();
        }
    }

    void makeRoomForMail(int bytes) {
        while (addressed.mustEvictFor(bytes)) {
            var oldest = (LogEntry.Notification) addressed.oldest();
            lastLostMail.add(LastSeen.hash(oldest.heading().audience()), oldest.position());
            addressed.evictOldest();
        }
    }

    /// Whether everything behind a position is there.
    boolean isKeptAfter(long position) {
        return position >= everyone.evictedPosition() && position >= addressed.evictedPosition();
    }

    /// The same, and it will be until a reader comes to it: it is in the newer half of each ring.
    boolean isKeptForAWhileAfter(long position) {
        return position >= everyone.fadingPosition() && position >= addressed.fadingPosition();
    }

    /// Places a reader behind a position, and tells it what is gone.
    void place(Reader reader, long after) {
        placeAmongEveryone(reader, after);
        if (reader.filter().isAddressable()) placeAmongAddressed(reader, after);
    }

    /// How much of what is gone was for this reader is not known any more: at most all was, if any.
    private void placeAmongAddressed(Reader reader, long after) {
        var inbox = reader.inbox();
        if (after < addressed.evictedPosition() && lostMail(reader.filter(), after)) {
            inbox.lose(Math.min(addressed.evictedPosition() - after, addressed.evicted()));
        }
        for (var ordinal = addressed.ordinalAt(after) + 1; ordinal <= addressed.last(); ordinal++) {
            var entry = addressedAt(ordinal);
            if (!reader.filter().wants(entry.heading())) continue;
            inbox.makeRoom();
            inbox.add(ordinal, entry.position());
        }
    }

    private boolean lostMail(EventFilter filter, long after) {
        return filter.audiences().map(audience -> lastLostMail.of(LastSeen.hash(audience)))
                .anyMatch(last -> last != null && last > after);
    }

    private LogEntry.Notification addressedAt(long ordinal) {
        return (LogEntry.Notification) addressed.at(ordinal);
    }

    private void placeAmongEveryone(Reader reader, long after) {
        if (after >= everyone.evictedPosition()) {
            var cursor = everyone.ordinalAt(after);
            reader.place(cursor, cursor == everyone.evicted() ? losses.messages() : everyone.at(cursor).messages());
        } else { // how many of the lost were for everyone is not known any more: at most all
            var atMost = Math.min(everyone.evictedPosition() - after, everyone.evicted());
            var cursor = Math.max(everyone.evicted() - atMost, losses.ordinalAt(after));
            reader.place(cursor, Math.max(0, losses.messages() - (everyone.evicted() - cursor)));
            reader.inbox().forgot(losses.forgottenAfter(reader.filter(), after));
        }
    }

    /// Where a reader goes on whose next entry is gone.
    ///
    /// @param inbox the reader's; null if it has none
    Overrun lap(EventFilter filter, Inbox inbox, long cursor, int messagesSeen) {
        var to = everyone.evicted();
        var loss = losses.loss(filter, cursor, inbox == null ? 0 : inbox.forgotten(), (int) losses.messages() - messagesSeen);
        return new Overrun(to, losses.messages(), to - cursor, loss, losses.newestSignals(), losses.healingBegins(cursor));
    }

    /// Where signals stand with this key that left the ring, or at this position in it.
    List<LogEntry.Notification> find(Healing.Signal signal) {
        var found = new ArrayList<LogEntry.Notification>();
        losses.newest(signal.key()).ifPresent(found::add);
        inRing(signal.position()).ifPresent(found::add);
        return found;
    }

    private Optional<LogEntry.Notification> inRing(long at) {
        return everyone.at(everyone.ordinalAt(at)) instanceof LogEntry.Notification entry && entry.position() == at
                ? Optional.of(entry) : Optional.empty();
    }

    /// The newest of every signal before a new epoch, whether it has left the ring or not.
    List<LogEntry.Notification> newestSignalsBefore(LogEntry.NewEpoch epochStart, EventFilter filter) {
        var newest = new LinkedHashMap<SignalKey, LogEntry.Notification>();
        losses.newestSignals().stream() // later ones, should the start itself be gone by now, come with what is lost then
                .filter(entry -> entry.ordinal() < epochStart.ordinal() && filter.wants(entry.heading()))
                .forEach(entry -> newest.putLast(SignalKey.of(entry.heading()), entry));
        for (var ordinal = everyone.evicted() + 1; ordinal < epochStart.ordinal(); ordinal++) {
            if (everyone.at(ordinal) instanceof LogEntry.Notification entry
                    && entry.heading().isSignal() && filter.wants(entry.heading())) {
                newest.putLast(SignalKey.of(entry.heading()), entry);
            }
        }
        return new ArrayList<>(newest.values());
    }
}
