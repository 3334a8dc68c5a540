package dev.mcpsession.broadcast;

import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import dev.mcpsession.event.Topic;
import java.util.List;
import java.util.Set;
import java.util.function.ObjLongConsumer;

/// What is known of the events that have left the rings: enough to report to each reader whether it lost anything, and to heal it with
/// the newest of each signal. Guarded by the broadcaster's lock, except for [#healing] and [#signalsBefore]; bounded in keys and bytes.
///
/// An event is *lost* to a reader if it left its ring unread. A lost signal is *healed* by the newest with its key. A signal whose key
/// is *forgotten*, because there are too many, cannot be healed, and is reported as a lost message to the readers that wanted it.
final class EvictedEvents {

    /// The number of forgotten keys that are known by their hashes, for each key that is kept.
    static final int HASHES_PER_KEY = 16;

    // An open reader that names the forgotten thing is notified immediately, so its report is exact however many keys are forgotten.
    // The report to a reader that resumes depends on the hashes.
    private final ObjLongConsumer<Topic.Key> onForget;
    private final SignalTable signals;
    private final LastSeen<Place> lastOfMethod; // without events about things of topics
    private final LastSeen<Place> forgotten;
    private final LastSeen<Long> lastMail; // by audience; the position
    private long messages;
    private Place lastNewEpoch = Place.NONE;
    private Place last = Place.NONE; // this and the next two: without events about things of topics
    private Place lastMessage = Place.NONE;
    private Place lastForgotten = Place.NONE;
    private Place lastUpdate = Place.NONE;
    private Place lastForgottenUpdate = Place.NONE;

    /// The place of an entry, or the place up to which a reader has read: an ordinal if the reader was here, a position if it resumes.
    /// The other number is then 0.
    record Place(long ordinal, long position) {

        static final Place NONE = new Place(0, 0);

        static Place of(LogEntry entry) {
            return new Place(entry.ordinal(), entry.position());
        }

        boolean isAfter(Place seen) {
            return seen.isBefore(ordinal, position);
        }

        boolean isBefore(LogEntry entry) {
            return isBefore(entry.ordinal(), entry.position());
        }

        private boolean isBefore(long otherOrdinal, long otherPosition) {
            return otherOrdinal > ordinal && otherPosition > position;
        }
    }

    /// What happened to a reader whose next entry is gone.
    ///
    /// @param cursor       where it continues
    /// @param messagesSeen the messages up to there
    /// @param concerns     whether it wanted any of the entries that are gone
    /// @param healsAfter   the place after which lost signals heal it
    /// @param missed       upper bound on the broadcast events that it did not read
    /// @param messages     upper bound on the messages among them; a signal that cannot be healed counts as one
    /// @param forgotten    the number of signals that had been forgotten by then
    /// @param isReset      whether an epoch began, so that any signal may be lost
    record Overrun(long cursor, long messagesSeen, boolean concerns, Place healsAfter, long missed, long messages, long forgotten,
            boolean isReset) {

        /// Upper bound on the events that were lost to a reader that ends at an ordinal.
        long missedUntil(long end) {
            return missed - Math.max(0, cursor - end);
        }
    }

    /// @param onForget receives each thing whose newest signal is forgotten, with the signal's ordinal
    EvictedEvents(int maxKeys, long maxBytes, ObjLongConsumer<Topic.Key> onForget) {
        this.onForget = onForget;
        signals = new SignalTable(maxKeys, maxBytes, this::forget);
        lastOfMethod = new LastSeen<>(HASHES_PER_KEY * maxKeys);
        forgotten = new LastSeen<>(HASHES_PER_KEY * maxKeys);
        lastMail = new LastSeen<>(HASHES_PER_KEY * maxKeys);
    }

    /// The number of messages that have left the ring of broadcast events.
    long messages() {
        return messages;
    }

    /// Adds an entry that is about to leave the ring of broadcast events. A failed call can be repeated.
    void add(LogEntry entry) {
        switch (entry) {
            case LogEntry.NewEpoch epoch -> lastNewEpoch = Place.of(epoch);
            case LogEntry.Notification lost -> add(lost);
        }
        messages = entry.messages();
    }

    private void add(LogEntry.Notification lost) {
        var place = Place.of(lost);
        if (lost.heading().isOfTopic()) {
            lastUpdate = place;
        } else {
            lastOfMethod.add(LastSeen.hash(lost.heading().method()), place);
            last = place;
        }
        if (lost.heading().isSignal()) signals.add(lost);
        else lastMessage = place;
    }

    private void forget(LogEntry.Notification oldest) {
        var place = Place.of(oldest);
        forgotten.add(LastSeen.hash(SignalKey.of(oldest.heading())), place);
        if (oldest.heading().isOfTopic()) {
            lastForgottenUpdate = place;
            onForget.accept(oldest.heading().topicKey(), place.ordinal());
        } else {
            lastForgotten = place;
        }
    }

    /// Adds an event that is about to leave the ring of addressed events.
    void addMail(LogEntry.Notification lost) {
        lastMail.add(LastSeen.hash(lost.heading().audience()), lost.position());
    }

    /// Whether addressed events after a position are lost to a reader.
    boolean isMailLost(EventFilter filter, long after) {
        return filter.audiences().map(audience -> lastMail.of(LastSeen.hash(audience))).anyMatch(at -> at != null && at > after);
    }

    /// Computes what happened to a reader that has read up to a place and continues at the oldest event that is kept.
    ///
    /// @param seen        the place up to which it has read
    /// @param isForgotten whether a signal that it named is forgotten
    /// @param missed      the number of broadcast events in between
    /// @param all         the number of messages among them
    /// @param cursor      where it continues
    Overrun overrun(EventFilter filter, Place seen, boolean isForgotten, long missed, long all, long cursor) {
        var anyForgotten = isForgotten || isForgotten(filter, seen);
        var atMost = isMessageLost(filter, seen) ? all : 0;
        var isReset = lastNewEpoch.isAfter(seen);
        var concerns = isReset || anyForgotten || isMethodLost(filter, seen) || isUpdateLost(filter, seen);
        var lost = atMost == 0 && isReset && !anyForgotten ? 1 : atMost + (anyForgotten ? 1 : 0);
        // A reset may lose signals that were never here, so signals from before it heal, too.
        return new Overrun(cursor, messages, concerns, isReset ? Place.NONE : seen, missed, lost, signals.forgotten(), isReset);
    }

    private boolean isMethodLost(EventFilter filter, Place seen) {
        return filter.namedMethods().map(methods -> methods.stream().anyMatch(method -> lastOf(method).isAfter(seen)))
                .orElse(last.isAfter(seen));
    }

    private boolean isMessageLost(EventFilter filter, Place seen) {
        return filter.namedMethods()
                .map(methods -> methods.stream().anyMatch(method -> !Event.isListChange(method) && lastOf(method).isAfter(seen)))
                .orElse(lastMessage.isAfter(seen));
    }

    private Place lastOf(String method) {
        return orNone(lastOfMethod.of(LastSeen.hash(method)));
    }

    private static Place orNone(Place place) {
        return place == null ? Place.NONE : place;
    }

    private boolean isUpdateLost(EventFilter filter, Place seen) {
        return filter.namedTopics().map(keys -> keys.stream().map(key -> signals.get(SignalKey.forEveryone(key)))
                .anyMatch(lost -> lost != null && seen.isBefore(lost))).orElse(lastUpdate.isAfter(seen));
    }

    private boolean isForgotten(EventFilter filter, Place seen) {
        if (filter.namedTopics().isEmpty() && lastForgottenUpdate.isAfter(seen)) return true;
        return lastForgotten.isAfter(seen) && filter.namedMethods()
                .map(methods -> methods.stream().anyMatch(method -> isForgotten(SignalKey.forEveryone(method), seen))).orElse(true);
    }

    private boolean isForgotten(SignalKey key, Place seen) {
        return orNone(forgotten.of(LastSeen.hash(key))).isAfter(seen);
    }

    /// Whether a forgotten signal after a place is about a thing that the filter names. A key that was forgotten too long ago to be
    /// known counts as any key.
    boolean isNamedForgotten(EventFilter filter, Place seen) {
        return lastForgottenUpdate.isAfter(seen) && filter.namedTopics().orElse(Set.of()).stream()
                .anyMatch(key -> isForgotten(SignalKey.forEveryone(key), seen));
    }

    /// The number of signals forgotten since the start.
    long forgotten() {
        return signals.forgotten();
    }

    /// The signals that heal a reader up to its end, in order, found without the lock.
    List<LogEntry.Notification> healing(EventFilter filter, Overrun overrun, long end) {
        var last = Math.min(end, overrun.cursor());
        return signals.select(entry ->
                overrun.healsAfter().isBefore(entry) && entry.ordinal() <= last && filter.wants(entry.heading()));
    }

    /// The wanted signals before an ordinal, in order, found without the lock.
    List<LogEntry.Notification> signalsBefore(long ordinal, EventFilter filter) {
        return signals.select(entry -> entry.ordinal() < ordinal && filter.wants(entry.heading()));
    }

    /// The newest signal with this key; null if it is still in the ring, or forgotten.
    LogEntry.Notification newest(SignalKey key) {
        return signals.get(key);
    }
}
