package dev.mcpsession.broadcast;

import dev.mcpsession.event.Event;
import dev.mcpsession.event.EventFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// What has left the ring of events for everyone: enough to tell each reader whether it lost something, and to heal it with the
/// newest of every signal. Guarded by the log's lock; bounded in keys and bytes.
///
/// A signal whose key is forgotten, since there are too many, is a loss to those alone that wanted it. An open reader that named
/// the thing is found by the index of addressees and told at that moment, so it is exact however many there are. For one that
/// resumes, the keys that were forgotten are known by their hashes, many times as many.
final class EvictedEvents {

    /// How many keys are known by their hashes for each one that is kept.
    static final int HASHES_PER_KEY = 16;

    private final int maxKeys;
    private final long maxBytes;
    private final SubscriptionIndex addressees;
    private final LinkedHashMap<SignalKey, LogEntry.Notification> newestByKey = new LinkedHashMap<>(); // by ordinal
    private final LastSeen<Place> lastOfMethod; // what is about things of topics is not among them
    private final LastSeen<Place> forgotten;
    private List<LogEntry.Notification> newest = List.of(); // null: to be copied again
    private long bytes;
    private long messages;
    private Place last = Place.NONE; // these three: of what is about no thing of a topic
    private Place lastMessage = Place.NONE;
    private Place lastForgotten = Place.NONE;
    private Place lastUpdate = Place.NONE;
    private Place lastForgottenUpdate = Place.NONE;
    private long lastNewEpoch;

    private record Place(long ordinal, long position) {

        static final Place NONE = new Place(0, 0);

        static Place of(LogEntry entry) {
            return new Place(entry.ordinal(), entry.position());
        }
    }

    /// What a reader lost that wants everything of a filter, up to the newest that is gone.
    ///
    /// @param concerns whether that is anything
    /// @param messages at most how many messages; a signal that cannot be healed counts as one
    record Loss(boolean concerns, long messages) {}

    EvictedEvents(int maxKeys, long maxBytes, SubscriptionIndex addressees) {
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
        this.addressees = addressees;
        lastOfMethod = new LastSeen<>(HASHES_PER_KEY * maxKeys);
        forgotten = new LastSeen<>(HASHES_PER_KEY * maxKeys);
    }

    /// How many messages have left the ring since the start.
    long messages() {
        return messages;
    }

    /// Adds what is about to leave the ring. May be repeated if it failed.
    void add(LogEntry entry) {
        switch (entry) {
            case LogEntry.NewEpoch epoch -> lastNewEpoch = epoch.ordinal();
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
        if (lost.heading().isSignal()) remember(lost);
        else lastMessage = place;
    }

    private void remember(LogEntry.Notification lost) {
        var replaced = newestByKey.putLast(SignalKey.of(lost.heading()), lost);
        bytes += lost.bytes() - (replaced == null ? 0 : replaced.bytes());
        newest = null;
        while (newestByKey.size() > maxKeys || bytes > maxBytes) forgetOldest();
    }

    private void forgetOldest() {
        var oldest = newestByKey.firstEntry();
        var place = Place.of(oldest.getValue());
        forgotten.add(LastSeen.hash(oldest.getKey()), place);
        if (oldest.getValue().heading().isOfTopic()) {
            lastForgottenUpdate = place;
            addressees.of(oldest.getValue().heading().topicKey()).forEach(reader -> reader.inbox().forgot(place.ordinal()));
        } else {
            lastForgotten = place;
        }
        newestByKey.pollFirstEntry();
        bytes -= oldest.getValue().bytes();
    }

    /// What a reader at this ordinal lost.
    ///
    /// @param forgotten the newest signal that it named and that is forgotten, by ordinal
    /// @param all       how many messages were lost to a reader of everything
    Loss loss(EventFilter filter, long after, long forgotten, long all) {
        var isForgotten = isForgotten(filter, after, forgotten);
        var atMost = lostMessage(filter, after) ? all : 0;
        var isReset = lastNewEpoch > after;
        var concerns = isReset || isForgotten || lostByMethod(filter, after) || lostUpdate(filter, after);
        return new Loss(concerns, atMost == 0 && isReset && !isForgotten ? 1 : atMost + (isForgotten ? 1 : 0));
    }

    private boolean lostByMethod(EventFilter filter, long after) {
        return filter.namedMethods().map(methods -> methods.stream().anyMatch(method -> lastOf(method).ordinal() > after))
                .orElse(last.ordinal() > after);
    }

    private boolean lostMessage(EventFilter filter, long after) {
        return filter.namedMethods()
                .map(methods -> methods.stream().anyMatch(method -> !Event.isListChange(method) && lastOf(method).ordinal() > after))
                .orElse(lastMessage.ordinal() > after);
    }

    private Place lastOf(String method) {
        var place = lastOfMethod.of(LastSeen.hash(method));
        return place == null ? Place.NONE : place;
    }

    private boolean lostUpdate(EventFilter filter, long after) {
        return filter.namedTopics().map(keys -> keys.stream().map(SignalKey::forEveryone).map(newestByKey::get)
                .anyMatch(lost -> lost != null && lost.ordinal() > after)).orElse(lastUpdate.ordinal() > after);
    }

    private boolean isForgotten(EventFilter filter, long after, long named) {
        return named > after
                || filter.namedTopics().isEmpty() && lastForgottenUpdate.ordinal() > after
                || lastForgotten.ordinal() > after && isListForgotten(filter, after);
    }

    private boolean isListForgotten(EventFilter filter, long after) {
        return filter.namedMethods()
                .map(methods -> methods.stream().anyMatch(method -> forgottenAt(SignalKey.forEveryone(method)).ordinal() > after))
                .orElse(true);
    }

    private Place forgottenAt(SignalKey key) {
        var place = forgotten.of(LastSeen.hash(key));
        return place == null ? Place.NONE : place;
    }

    /// Of the things that a filter names, the newest signal that is forgotten and stood behind a position, by ordinal; 0 if
    /// there is none. Of what was forgotten too long ago to be known, all that may have been it.
    long forgottenAfter(EventFilter filter, long position) {
        if (lastForgottenUpdate.position() <= position) return 0;
        return filter.namedTopics().orElse(Set.of()).stream().map(key -> forgottenAt(SignalKey.forEveryone(key)))
                .filter(place -> place.position() > position).mapToLong(Place::ordinal).max().orElse(0);
    }

    /// The largest ordinal that is known to stand at or before a position: what a reader from there has already seen. Whatever was
    /// last of its kind, and stands there, is at or before it.
    long ordinalAt(long position) {
        var newestOfKinds = Stream.of(last, lastMessage, lastUpdate, lastForgotten, lastForgottenUpdate);
        var known = Stream.concat(newestOfKinds, lastOfMethod.all().stream())
                .filter(place -> place.position() <= position).mapToLong(Place::ordinal);
        var signals = newestByKey.values().stream().filter(entry -> entry.position() <= position).mapToLong(LogEntry::ordinal);
        return LongStream.concat(known, signals).max().orElse(0);
    }

    /// The newest of every signal that has left the ring, in order. Copied once per change however many readers ask, so that
    /// slow readers do not make the lock long.
    List<LogEntry.Notification> newestSignals() {
        if (newest == null) newest = List.copyOf(newestByKey.values());
        return newest;
    }

    /// The newest of this signal; empty if it is still in the ring or forgotten.
    Optional<LogEntry.Notification> newest(SignalKey key) {
        return Optional.ofNullable(newestByKey.get(key));
    }

    /// Behind which ordinal a reader's lost signals stand. Where a new epoch began, signals may have been lost that were never
    /// here, so those from before it count as lost too.
    long healingBegins(long after) {
        return lastNewEpoch > after ? 0 : after;
    }
}
