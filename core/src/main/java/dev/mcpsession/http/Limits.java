package dev.mcpsession.http;

import static dev.mcpsession.Checks.positive;

/// The limits of one endpoint. A client that exceeds a limit gets a definite answer. The limits of sessions are in
/// [dev.mcpsession.SessionPolicy], those of events in [dev.mcpsession.broadcast.BroadcasterOptions]. Immutable.
public final class Limits {

    /// 20,000 streams, 32 listens per owner; bodies of 4 MiB, of an `initialize` 32 KiB, of a listen 64 KiB with 256 resources.
    public static final Limits DEFAULT = new Builder().build();

    private final int maxStreams;
    private final int maxBodyBytes;
    private final int maxInitializeBytes;
    private final int maxListensPerOwner;
    private final int maxListenBytes;
    private final int maxListenResources;

    private Limits(Builder values) {
        maxStreams = values.maxStreams;
        maxBodyBytes = values.maxBodyBytes;
        maxInitializeBytes = values.maxInitializeBytes;
        maxListensPerOwner = values.maxListensPerOwner;
        maxListenBytes = values.maxListenBytes;
        maxListenResources = values.maxListenResources;
    }

    /// {@return a builder that has the values of [#DEFAULT]}
    public static Builder builder() {
        return new Builder();
    }

    /// {@return a builder that has the values of these limits}
    public Builder toBuilder() {
        return builder().maxStreams(maxStreams).maxBodyBytes(maxBodyBytes).maxInitializeBytes(maxInitializeBytes)
                .maxListensPerOwner(maxListensPerOwner).maxListenBytes(maxListenBytes).maxListenResources(maxListenResources);
    }

    /// {@return the maximum number of open event streams; beyond it, requests get 503 with `Retry-After`}
    public int maxStreams() {
        return maxStreams;
    }

    /// {@return the maximum size of a body that is read for a decision; beyond it, requests get 413}
    public int maxBodyBytes() {
        return maxBodyBytes;
    }

    /// {@return the maximum size of the body of an `initialize`, part of which is kept with the session; beyond it, requests get 413}
    public int maxInitializeBytes() {
        return maxInitializeBytes;
    }

    /// {@return the maximum number of open `subscriptions/listen` streams of an authenticated owner; beyond it, the oldest ends}
    public int maxListensPerOwner() {
        return maxListensPerOwner;
    }

    /// {@return the maximum size of the body of a `subscriptions/listen`, part of which is kept with the stream; beyond it: 413}
    public int maxListenBytes() {
        return maxListenBytes;
    }

    /// {@return how many resources, and things of other topics, one listen can request; the acknowledgement grants no more}
    public int maxListenResources() {
        return maxListenResources;
    }

    @Override
    public String toString() {
        return "Limits[maxStreams=" + maxStreams + ", maxBodyBytes=" + maxBodyBytes + ", maxInitializeBytes=" + maxInitializeBytes
                + ", maxListensPerOwner=" + maxListensPerOwner + ", maxListenBytes=" + maxListenBytes
                + ", maxListenResources=" + maxListenResources + "]";
    }

    /// Builds [Limits]. All values are positive; sizes are in bytes. Not thread-safe.
    public static final class Builder {

        private int maxStreams = 20_000;
        private int maxBodyBytes = 4 << 20;
        private int maxInitializeBytes = 32 << 10;
        private int maxListensPerOwner = 32;
        private int maxListenBytes = 64 << 10;
        private int maxListenResources = 256;

        private Builder() {}

        /// {@return this builder}
        /// @param value see [Limits#maxStreams()]
        public Builder maxStreams(int value) {
            maxStreams = positive("maxStreams", value);
            return this;
        }

        /// {@return this builder}
        /// @param value see [Limits#maxBodyBytes()]
        public Builder maxBodyBytes(int value) {
            maxBodyBytes = positive("maxBodyBytes", value);
            return this;
        }

        /// {@return this builder}
        /// @param value see [Limits#maxInitializeBytes()]
        public Builder maxInitializeBytes(int value) {
            maxInitializeBytes = positive("maxInitializeBytes", value);
            return this;
        }

        /// {@return this builder}
        /// @param value see [Limits#maxListensPerOwner()]
        public Builder maxListensPerOwner(int value) {
            maxListensPerOwner = positive("maxListensPerOwner", value);
            return this;
        }

        /// {@return this builder}
        /// @param value see [Limits#maxListenBytes()]
        public Builder maxListenBytes(int value) {
            maxListenBytes = positive("maxListenBytes", value);
            return this;
        }

        /// {@return this builder}
        /// @param value see [Limits#maxListenResources()]
        public Builder maxListenResources(int value) {
            maxListenResources = positive("maxListenResources", value);
            return this;
        }

        /// {@return the limits}
        public Limits build() {
            return new Limits(this);
        }
    }
}
