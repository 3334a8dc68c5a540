package dev.mcpsession.dialog;

import static dev.mcpsession.Checks.positive;
import static dev.mcpsession.Checks.require;

import dev.mcpsession.Handles;
import dev.mcpsession.Owner;
import dev.mcpsession.dialog.OpenedState.Expired;
import dev.mcpsession.dialog.OpenedState.Foreign;
import dev.mcpsession.dialog.OpenedState.Opened;
import dev.mcpsession.dialog.OpenedState.Tampered;
import dev.mcpsession.dialog.OpenedState.Used;
import dev.mcpsession.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/// Seals the state between two calls of 2026-07-28 into the `requestState` of an `InputRequiredResult`, which the client brings back with
/// its answers. Any replica with the same keys opens it.
///
/// {@snippet class="dev.mcpsession.ExamplesTest" region="state"}
///
/// The text is encrypted and authenticated: a client can neither read nor change it. It is bound to its owner and to a purpose, such as a
/// tool's name, and expires. States of anonymous callers are open to any anonymous caller that has the text.
///
/// A state can be opened until it expires, also twice. With [Builder#singleUse] the first opening, on whichever replica, is the only one.
///
/// Thread-safe.
///
/// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr">MCP 2026-07-28, Multi Round-Trip
///      Requests</a>
public final class RequestState {

    /// What a client may learn about any refused state: the message of an error with code -32602.
    public static final String REFUSAL = "requestState must be as it was given for this request, and recent";

    private static final String EXPIRES_AT = "at";
    private static final String OWNER = "owner";
    private static final String PURPOSE = "for";
    private static final String HANDLE = "once";
    private static final String STATE = "state";

    private final InstantSource clock;
    private final Duration validity;
    private final int maxBytes;
    private final Handles handles; // null: a state may be used repeatedly
    private volatile KeyRing keys;

    private RequestState(Builder builder) {
        clock = builder.clock;
        validity = builder.validity;
        maxBytes = builder.maxBytes;
        handles = builder.handles;
        keys = builder.keys;
    }

    /// {@return a builder with the defaults}
    /// @param keys the keys, the same on all replicas
    public static Builder builder(KeyRing keys) {
        return new Builder(keys);
    }

    /// Replaces the keys. What was sealed with a key that the new ring has too is still opened.
    ///
    /// @param value the new keys
    public void rotate(KeyRing value) {
        keys = Objects.requireNonNull(value, "keys");
    }

    /// Seals a state.
    ///
    /// @param owner   the owner of the request, usually `Caller.current().owner()`
    /// @param purpose what the state is for, such as `tools/call confirm`; the same when it is opened
    /// @param state   the state
    /// @return text of visible ASCII
    /// @throws IllegalArgumentException               if the text would exceed the size limit
    /// @throws TooManyRequestsException               if states are for single use, and the owner or the store has too many
    /// @throws dev.mcpsession.SessionStoreException   if states are for single use, and the store failed
    public String seal(Owner owner, String purpose, Json.Obj state) {
        var content = Json.obj().with(EXPIRES_AT, clock.instant().plus(validity).toEpochMilli())
                .with(OWNER, owner.value()).with(PURPOSE, purpose).with(STATE, state);
        var ring = keys;
        requireFits(SealedText.length(content.toUtf8().length));
        if (handles == null) return SealedText.seal(ring.current(), content.toUtf8());
        return SealedText.seal(ring.current(), content.with(HANDLE, newHandle(owner)).toUtf8());
    }

    private void requireFits(int length) {
        require(length <= maxBytes, "sealed state must be at most " + maxBytes + " bytes", length);
    }

    private String newHandle(Owner owner) {
        return switch (handles.create(owner, Json.obj())) {
            case Handles.Creation.Created(var handle) -> handle.value();
            case Handles.Creation.OwnerFull() -> throw new TooManyRequestsException("owner has too many states that await their use");
            case Handles.Creation.StoreFull() -> throw new TooManyRequestsException("store has too many states that await their use");
        };
    }

    /// Opens what a client brought back. If states are for single use, it is used now.
    ///
    /// @param owner   the owner of the request
    /// @param purpose what the state must be for
    /// @param text    what the client sent, of any length
    /// @return the state, or why there is none
    /// @throws dev.mcpsession.SessionStoreException if states are for single use, and the store failed; it is unknown whether it was used
    public OpenedState open(Owner owner, String purpose, String text) {
        return (text.length() > maxBytes + SealedText.ONCE ? Optional.<Json.Obj>empty() : SealedText.open(keys, text))
                .map(content -> check(owner, purpose, content)).orElseGet(Tampered::new);
    }

    private OpenedState check(Owner owner, String purpose, Json.Obj content) {
        var isMine = content.string(OWNER).map(Owner::ofValue).equals(Optional.of(owner));
        if (!isMine || !content.string(PURPOSE).equals(Optional.of(purpose))) return new Foreign();
        if (clock.millis() >= content.integer(EXPIRES_AT).orElseThrow()) return new Expired();
        if (handles != null && !content.string(HANDLE).map(handle -> handles.revoke(owner, handle)).orElse(false)) return new Used();
        return new Opened(content.object(STATE).orElseThrow());
    }

    /// Builds a [RequestState]. Each setter checks its value. Not thread-safe.
    public static final class Builder {

        private final KeyRing keys;
        private InstantSource clock = InstantSource.system();
        private Duration validity = Duration.ofMinutes(10);
        private int maxBytes = 64 << 10;
        private Handles handles;

        private Builder(KeyRing keys) {
            this.keys = Objects.requireNonNull(keys, "keys");
        }

        /// {@return this builder}
        /// @param value how long a state can be opened; 10 minutes by default. The replicas' clocks should agree to a fraction of it
        /// @throws IllegalArgumentException if it is not positive
        public Builder validity(Duration value) {
            validity = positive("validity", value);
            return this;
        }

        /// {@return this builder}
        /// @param value the maximum length of a sealed state; 64 KiB by default
        /// @throws IllegalArgumentException if it is not positive
        public Builder maxBytes(int value) {
            maxBytes = positive("maxBytes", value);
            return this;
        }

        /// {@return this builder}
        /// @param value the clock, in place of the system's
        public Builder clock(InstantSource value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /// {@return this builder} Each state is opened once. By default it may be opened repeatedly.
        /// @param value marks the states that are not used yet; in a store of their own that all replicas share, with a time to live of
        ///              at least the validity
        public Builder singleUse(Handles value) {
            handles = Objects.requireNonNull(value, "handles");
            return this;
        }

        /// {@return a new request state}
        public RequestState build() {
            return new RequestState(this);
        }
    }
}
