package dev.mcpsession.event;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// The place of an event in the one order of all events. It prints as `mcps-<epoch>-<sequence>`, which a client sends back as
/// `Last-Event-ID`; the prefix distinguishes these ids from those of an application's own streams. Immutable.
///
/// Sequences of one epoch are comparable. A new epoch begins when the numbering is lost, as when a broadcaster in memory restarts.
/// Ids of different epochs are not comparable.
///
/// @param epoch    1 to 32 lower-case hexadecimal digits
/// @param sequence 0 or more, of at most 18 digits
public record EventId(String epoch, long sequence) {

    private static final long MAX_SEQUENCE = 999_999_999_999_999_999L;
    private static final int MAX_EPOCH = 32;
    private static final String PREFIX = "mcps-";
    private static final int TAIL_BITS = 28; // 7 digits, so that no text is longer than 64 characters
    private static final Pattern TEXT = Pattern.compile(PREFIX + "([0-9a-f]{1,32})-(0|[1-9][0-9]{0,17})(?:-[0-9a-f]{1,7})?");

    /// Checks both parts.
    ///
    /// @throws IllegalArgumentException if the epoch has other characters or the sequence is out of range
    public EventId {
        if (!isEpoch(epoch)) throw new IllegalArgumentException("epoch must be 1 to 32 lower-case hex digits");
        if (sequence < 0 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("sequence must have 1 to 18 digits and no sign: " + sequence);
        }
    }

    private static boolean isEpoch(String text) { // a loop, because each publication checks it
        if (text.isEmpty() || text.length() > MAX_EPOCH) return false;
        for (var i = 0; i < text.length(); i++) {
            if (!isHexDigit(text.charAt(i))) return false;
        }
        return true;
    }

    private static boolean isHexDigit(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
    }

    /// Parses what [#toString()] or [#toPrimingText()] printed, and nothing else.
    ///
    /// @param text the text that a client sent
    /// @return the id, or empty if no broadcaster issued it
    public static Optional<EventId> parse(String text) {
        var match = TEXT.matcher(text);
        return match.matches()
                ? Optional.of(new EventId(match.group(1), Long.parseLong(match.group(2))))
                : Optional.empty();
    }

    /// {@return the id as a client sees it}
    @Override
    public String toString() {
        return PREFIX + epoch + '-' + sequence;
    }

    /// Returns the position with a random tail, for a priming event. An id must be unique within a session, and an earlier stream may
    /// have carried the event with the plain id.
    ///
    /// @return a different text each time, which [#parse] reads as this position
    public String toPrimingText() {
        return toString() + '-' + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << TAIL_BITS));
    }

    /// {@return whether this id comes after another one of the same epoch}
    /// @param other any id
    public boolean isAfter(EventId other) {
        return sequence > other.sequence && epoch.equals(other.epoch);
    }
}
