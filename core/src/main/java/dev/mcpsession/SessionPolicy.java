package dev.mcpsession;

import java.time.Duration;
import java.time.Instant;

/// How long sessions live and how many there may be; the same rules for every store. Immutable.
///
/// @param ttl                 how long a session lives after it was last touched; each touch starts it anew
/// @param provisionalTtl      how long a session lives that was minted and not used since; or for `ttl`, if that is shorter
/// @param maxAge              how long a session lives at the most, counted from when it was minted; no touch and no
///                            revival goes beyond
/// @param revivalWindow       how long after its expiry a session can be revived by its owner; zero: never
/// @param maxSessions         how many sessions a store holds at the most, expired ones that can be revived included
/// @param maxSessionsPerOwner how many an authenticated owner may have; does not apply to anonymous callers, who are not
///                            one person
/// @param maxStateBytes       how large the state of one session may be, as UTF-8 JSON
public record SessionPolicy(
        Duration ttl,
        Duration provisionalTtl,
        Duration maxAge,
        Duration revivalWindow,
        int maxSessions,
        int maxSessionsPerOwner,
        int maxStateBytes) {

    private static final Duration LONGEST = Duration.ofDays(36_525);

    /// 30 minutes sliding, 60 s provisional, 24 h at the most, revivable for 24 h; 100,000 sessions, 100 per owner, 64 KiB.
    public static final SessionPolicy DEFAULT = new SessionPolicy(
            Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofHours(24), Duration.ofHours(24),
            100_000, 100, 64 * 1024);

    /// Checks every value.
    ///
    /// @throws IllegalArgumentException if a duration or a count is not positive, though the revival window may be zero; or
    ///                                  if a duration is longer than a hundred years
    public SessionPolicy {
        requirePositive("ttl", ttl);
        requirePositive("provisionalTtl", provisionalTtl);
        requirePositive("maxAge", maxAge);
        if (revivalWindow.isNegative()) throw new IllegalArgumentException("revivalWindow must not be negative: " + revivalWindow);
        requireBounded("revivalWindow", revivalWindow);
        requirePositive("maxSessions", maxSessions);
        requirePositive("maxSessionsPerOwner", maxSessionsPerOwner);
        requirePositive("maxStateBytes", maxStateBytes);
    }

    /// When a session expires that is minted now and never used.
    ///
    /// @param now the moment of its creation
    /// @return the first moment at which it is no longer alive
    public Instant firstExpiry(Instant now) {
        return earlier(now.plus(provisionalTtl), expiryAfterTouch(now, now));
    }

    /// When a session expires that is touched now.
    ///
    /// @param createdAt when it was minted
    /// @param now       the moment of the touch
    /// @return the first moment at which it is no longer alive, never beyond its maximum age
    public Instant expiryAfterTouch(Instant createdAt, Instant now) {
        return earlier(now.plus(ttl), createdAt.plus(maxAge));
    }

    /// The time between two touches of one session: requests that follow sooner do not reach the store again, so a session
    /// may expire up to this much early.
    ///
    /// @return a twentieth of the TTL, at least 1 ms and at most 60 s
    public Duration touchInterval() {
        return Duration.ofMillis(Math.clamp(ttl.toMillis() / 20, 1, 60_000));
    }

    /// The same with another TTL.
    ///
    /// @param value the new value
    /// @return a new policy
    public SessionPolicy withTtl(Duration value) {
        return new SessionPolicy(value, provisionalTtl, maxAge, revivalWindow, maxSessions, maxSessionsPerOwner, maxStateBytes);
    }

    /// The same with another life of unused sessions.
    ///
    /// @param value the new value
    /// @return a new policy
    public SessionPolicy withProvisionalTtl(Duration value) {
        return new SessionPolicy(ttl, value, maxAge, revivalWindow, maxSessions, maxSessionsPerOwner, maxStateBytes);
    }

    /// The same with another maximum age.
    ///
    /// @param value the new value
    /// @return a new policy
    public SessionPolicy withMaxAge(Duration value) {
        return new SessionPolicy(ttl, provisionalTtl, value, revivalWindow, maxSessions, maxSessionsPerOwner, maxStateBytes);
    }

    /// The same with another revival window.
    ///
    /// @param value the new value; zero switches revival off
    /// @return a new policy
    public SessionPolicy withRevivalWindow(Duration value) {
        return new SessionPolicy(ttl, provisionalTtl, maxAge, value, maxSessions, maxSessionsPerOwner, maxStateBytes);
    }

    /// The same with another number of sessions.
    ///
    /// @param value the new value
    /// @return a new policy
    public SessionPolicy withMaxSessions(int value) {
        return new SessionPolicy(ttl, provisionalTtl, maxAge, revivalWindow, value, maxSessionsPerOwner, maxStateBytes);
    }

    /// The same with another number of sessions per owner.
    ///
    /// @param value the new value
    /// @return a new policy
    public SessionPolicy withMaxSessionsPerOwner(int value) {
        return new SessionPolicy(ttl, provisionalTtl, maxAge, revivalWindow, maxSessions, value, maxStateBytes);
    }

    /// The same with another size of a session's state.
    ///
    /// @param value the new value, in bytes
    /// @return a new policy
    public SessionPolicy withMaxStateBytes(int value) {
        return new SessionPolicy(ttl, provisionalTtl, maxAge, revivalWindow, maxSessions, maxSessionsPerOwner, value);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) throw new IllegalArgumentException(name + " must be positive: " + value);
        requireBounded(name, value);
    }

    private static void requireBounded(String name, Duration value) {
        if (value.compareTo(LONGEST) > 0) throw new IllegalArgumentException(name + " must be at most " + LONGEST + ": " + value);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) throw new IllegalArgumentException(name + " must be positive: " + value);
    }
}
