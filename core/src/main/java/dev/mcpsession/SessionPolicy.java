package dev.mcpsession;

import static dev.mcpsession.Checks.positive;

import java.time.Duration;
import java.time.Instant;

/// How long sessions live and how many there may be. Every store applies the same rules. Immutable.
public final class SessionPolicy {

    /// 30 minutes sliding, 60 s provisional, at most 24 h, revivable for 24 h; 100,000 sessions, 100 per owner, 64 KiB of state.
    public static final SessionPolicy DEFAULT = new Builder().build();

    private final Duration ttl;
    private final Duration provisionalTtl;
    private final Duration maxAge;
    private final Duration revivalWindow;
    private final int maxSessions;
    private final int maxSessionsPerOwner;
    private final int maxStateBytes;

    private SessionPolicy(Builder values) {
        ttl = values.ttl;
        provisionalTtl = values.provisionalTtl;
        maxAge = values.maxAge;
        revivalWindow = values.revivalWindow;
        maxSessions = values.maxSessions;
        maxSessionsPerOwner = values.maxSessionsPerOwner;
        maxStateBytes = values.maxStateBytes;
    }

    /// {@return a builder that has the values of [#DEFAULT]}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return a builder that has the values of this policy}
    public Builder toBuilder() {
        return builder().ttl(ttl).provisionalTtl(provisionalTtl).maxAge(maxAge).revivalWindow(revivalWindow)
                .maxSessions(maxSessions).maxSessionsPerOwner(maxSessionsPerOwner).maxStateBytes(maxStateBytes);
    }

    /// {@return how long a session lives after a touch; each touch restarts it}
    public Duration ttl() {
        return ttl;
    }

    /// {@return how long a new session lives if it is never touched; the TTL applies if it is shorter}
    public Duration provisionalTtl() {
        return provisionalTtl;
    }

    /// {@return the longest life of a session, counted from its creation; neither a touch nor a revival extends it}
    public Duration maxAge() {
        return maxAge;
    }

    /// {@return how long after its expiry a session can be revived by its owner; zero if never}
    public Duration revivalWindow() {
        return revivalWindow;
    }

    /// {@return how many sessions a store holds at most, including expired ones that can be revived}
    public int maxSessions() {
        return maxSessions;
    }

    /// {@return how many sessions an authenticated owner may have; does not apply to anonymous callers}
    public int maxSessionsPerOwner() {
        return maxSessionsPerOwner;
    }

    /// {@return how large the state of one session may be, in bytes of UTF-8 JSON}
    public int maxStateBytes() {
        return maxStateBytes;
    }

    /// {@return the first moment at which a session that is never touched is no longer alive}
    ///
    /// @param createdAt when the session is created
    public Instant firstExpiry(Instant createdAt) {
        return earlier(createdAt.plus(provisionalTtl), expiryAfterTouch(createdAt, createdAt));
    }

    /// {@return the first moment at which a session that is touched now is no longer alive, never beyond its maximum age}
    ///
    /// @param createdAt when the session was created
    /// @param now       when it is touched
    public Instant expiryAfterTouch(Instant createdAt, Instant now) {
        return earlier(now.plus(ttl), createdAt.plus(maxAge));
    }

    /// Returns how often an endpoint touches the sessions in use. Requests between two touches do not extend a session, so it may
    /// expire up to this much early.
    ///
    /// @return a twentieth of the TTL, at least 1 ms and at most 60 s
    public Duration touchInterval() {
        return Duration.ofMillis(Math.clamp(ttl.toMillis() / 20, 1, 60_000));
    }

    @Override
    public String toString() {
        return "SessionPolicy[ttl=" + ttl + ", provisionalTtl=" + provisionalTtl + ", maxAge=" + maxAge
                + ", revivalWindow=" + revivalWindow + ", maxSessions=" + maxSessions
                + ", maxSessionsPerOwner=" + maxSessionsPerOwner + ", maxStateBytes=" + maxStateBytes + "]";
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /// Builds a [SessionPolicy]. Durations are at most 100 years. Not thread-safe.
    public static final class Builder {

        private Duration ttl = Duration.ofMinutes(30);
        private Duration provisionalTtl = Duration.ofSeconds(60);
        private Duration maxAge = Duration.ofHours(24);
        private Duration revivalWindow = Duration.ofHours(24);
        private int maxSessions = 100_000;
        private int maxSessionsPerOwner = 100;
        private int maxStateBytes = 64 << 10;

        private Builder() {}

        /// {@return this builder}
        /// @param value positive; see [SessionPolicy#ttl()]
        public Builder ttl(Duration value) {
            ttl = positive("ttl", value);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [SessionPolicy#provisionalTtl()]
        public Builder provisionalTtl(Duration value) {
            provisionalTtl = positive("provisionalTtl", value);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [SessionPolicy#maxAge()]
        public Builder maxAge(Duration value) {
            maxAge = positive("maxAge", value);
            return this;
        }

        /// {@return this builder}
        /// @param value not negative; see [SessionPolicy#revivalWindow()]
        public Builder revivalWindow(Duration value) {
            Checks.require(!value.isNegative(), "revivalWindow must not be negative", value);
            revivalWindow = value.isZero() ? value : positive("revivalWindow", value);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [SessionPolicy#maxSessions()]
        public Builder maxSessions(int value) {
            maxSessions = positive("maxSessions", value);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [SessionPolicy#maxSessionsPerOwner()]
        public Builder maxSessionsPerOwner(int value) {
            maxSessionsPerOwner = positive("maxSessionsPerOwner", value);
            return this;
        }

        /// {@return this builder}
        /// @param value positive; see [SessionPolicy#maxStateBytes()]
        public Builder maxStateBytes(int value) {
            maxStateBytes = positive("maxStateBytes", value);
            return this;
        }

        /// {@return the policy}
        public SessionPolicy build() {
            return new SessionPolicy(this);
        }
    }
}
