package dev.mcpsession.event;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// What has left the ring of events for everyone: enough to tell each reader exactly whether it lost something, and to heal
/// it with the newest of every signal. Guarded by the log's lock; bounded in keys, bytes and methods.
final class Losses {

    private static final int MAX_METHODS = 1024;
    private static final Optional<Set<String>> NO_RESOURCES = Optional.of(Set.of());

    private final int maxKeys;
    private final long maxBytes;
    private final Map<String, LogEntry.Notification> newestByKey = new LinkedHashMap<>();
    private final Map<String, Place> lastByMethod = new HashMap<>();
    private List<LogEntry.Notification> newest = List.of(); // null: to be copied anew
    private long keyBytes;
    private long lastOfOtherMethods;
    private long messages;
    private long lastForgottenUpdate;
    private long lastForgottenOther;
    private long lastNewEpoch;

    private record Place(long ordinal, long position) {}

    Losses(int maxKeys, long maxBytes) {
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
    }

    /// How many messages have left the ring since the start.
    long messages() {
        return messages;
    }

    void add(LogEntry entry) {
        switch (entry) {
            case LogEntry.NewEpoch(var ordinal, _, _) -> {
                messages++;
                lastNewEpoch = ordinal;
            }
            case LogEntry.Notification lost -> add(lost);
        }
    }

    private void add(LogEntry.Notification lost) {
        var method = lost.event().method();
        var isKept = lastByMethod.size() < MAX_METHODS || lastByMethod.containsKey(method);
        if (isKept) lastByMethod.put(method, new Place(lost.ordinal(), lost.position()));
        else lastOfOtherMethods = lost.ordinal();
        lost.event().signalKey().ifPresentOrElse(key -> remember(key, lost), () -> messages++);
    }

    private void remember(String key, LogEntry.Notification lost) {
        var replaced = newestByKey.remove(key); // so that the map stays in the order of ordinals
        if (replaced != null) keyBytes -= replaced.bytes();
        newestByKey.put(key, lost);
        newest = null;
        keyBytes += lost.bytes();
        while (newestByKey.size() > maxKeys || keyBytes > maxBytes) forgetOldest();
    }

    private void forgetOldest() {
        var oldest = newestByKey.entrySet().iterator();
        var forgotten = oldest.next().getValue();
        oldest.remove();
        keyBytes -= forgotten.bytes();
        if (forgotten.event().isResourceUpdate()) lastForgottenUpdate = forgotten.ordinal();
        else lastForgottenOther = forgotten.ordinal();
    }

    /// Whether a reader at this ordinal lost anything that it wanted.
    boolean concern(EventFilter filter, long after) {
        if (lastOfOtherMethods > after || lastNewEpoch > after) return true;
        return lastByMethod.entrySet().stream()
                .anyMatch(e -> e.getValue().ordinal() > after && concerns(filter, e.getKey(), after));
    }

    private boolean concerns(EventFilter filter, String method, long after) {
        if (!method.equals(Event.RESOURCE_UPDATED)) return filter.wantsMethod(method);
        return filter.resources().map(uris -> concernsAny(uris, after)).orElse(true);
    }

    private boolean concernsAny(Set<String> uris, long after) {
        return !uris.isEmpty() && (lastForgottenUpdate > after || uris.stream().map(Event::updateKey).map(newestByKey::get)
                .anyMatch(lost -> lost != null && lost.ordinal() > after));
    }

    /// The largest ordinal that is known to stand at or before a position: what a reader from there has already seen.
    long ordinalAt(long position) {
        var methods = lastByMethod.values().stream().filter(place -> place.position() <= position).mapToLong(Place::ordinal);
        var signals = newestByKey.values().stream().filter(e -> e.position() <= position).mapToLong(LogEntry::ordinal);
        return LongStream.concat(methods, signals).max().orElse(0);
    }

    /// Whether a signal was forgotten that nothing newer replaces, and that a reader may have wanted.
    private boolean forgotSignalAfter(EventFilter filter, long after) {
        return lastForgottenOther > after || lastForgottenUpdate > after && !filter.resources().equals(NO_RESOURCES);
    }

    /// How many of the messages that were lost a reader may have wanted, if of all so many were lost.
    int messagesFor(EventFilter filter, long after, int all) {
        if (filter.wantsSignalsAlone()) return forgotSignalAfter(filter, after) || lastNewEpoch > after ? 1 : 0;
        return all + (forgotSignalAfter(filter, after) ? 1 : 0);
    }

    /// The newest of every signal that has left the ring, in order. Copied once per change however many readers ask, so that
    /// slow readers do not make the lock long.
    List<LogEntry.Notification> newestSignals() {
        if (newest == null) newest = List.copyOf(newestByKey.values());
        return newest;
    }

    /// Behind which ordinal a reader's lost signals stand. Where a new epoch began, signals may have been lost that were never
    /// here, so those from before it count as lost too.
    long healingBegins(long after) {
        return lastNewEpoch > after ? 0 : after;
    }
}
