package dev.mcpsession.http;

import dev.mcpsession.SessionStore;
import dev.mcpsession.event.Broadcaster;
import java.time.Duration;
import java.util.Objects;

/// Describes a [SessionHandler]. Not safe for use by several threads.
public final class SessionHandlerBuilder {

    final SessionStore store;
    Broadcaster broadcaster;
    String path = "/mcp";
    HostPolicy hostPolicy = HostPolicy.LOOPBACK;
    OwnerResolver owners = OwnerResolver.standard();
    Limits limits = Limits.DEFAULT;
    Duration maxStreamAge = Duration.ZERO;
    boolean endsSessionOnLoss;

    SessionHandlerBuilder(SessionStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    /// Where events come from. Without one, GET goes to the application.
    ///
    /// @param value the broadcaster
    /// @return this
    public SessionHandlerBuilder broadcaster(Broadcaster value) {
        broadcaster = Objects.requireNonNull(value, "broadcaster");
        return this;
    }

    /// The endpoint's path, `/mcp` if not set; compared exactly.
    ///
    /// @param value begins with a slash
    /// @return this
    /// @throws IllegalArgumentException if it does not
    public SessionHandlerBuilder path(String value) {
        if (!value.startsWith("/")) throw new IllegalArgumentException("path must begin with a slash: " + value);
        path = value;
        return this;
    }

    /// Which hosts and origins are allowed; loopback names if not set.
    ///
    /// @param value the policy
    /// @return this
    public SessionHandlerBuilder hostPolicy(HostPolicy value) {
        hostPolicy = Objects.requireNonNull(value, "hostPolicy");
        return this;
    }

    /// Who is asking; [OwnerResolver#standard()] if not set.
    ///
    /// @param value the resolver
    /// @return this
    public SessionHandlerBuilder owners(OwnerResolver value) {
        owners = Objects.requireNonNull(value, "owners");
        return this;
    }

    /// How much the endpoint takes on.
    ///
    /// @param value the limits
    /// @return this
    public SessionHandlerBuilder limits(Limits value) {
        limits = Objects.requireNonNull(value, "limits");
        return this;
    }

    /// After what time a stream ends and its client is told to come back, a tenth more or less. Off if not set: the
    /// official Java client does not reopen its stream.
    ///
    /// @param value the age; zero: never
    /// @return this
    /// @throws IllegalArgumentException if it is negative
    public SessionHandlerBuilder maxStreamAge(Duration value) {
        if (value.isNegative()) throw new IllegalArgumentException("maxStreamAge must not be negative: " + value);
        maxStreamAge = value;
        return this;
    }

    /// Whether a session ends when its stream lost a message, which makes its client start anew. Off if not set: the loss
    /// is counted and logged.
    ///
    /// @param value on or off
    /// @return this
    public SessionHandlerBuilder endsSessionOnLoss(boolean value) {
        endsSessionOnLoss = value;
        return this;
    }

    /// Makes the handler, and starts its one background thread.
    ///
    /// @return a new handler
    public SessionHandler build() {
        return new SessionHandler(this);
    }
}
