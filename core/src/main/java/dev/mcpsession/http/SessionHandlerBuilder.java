package dev.mcpsession.http;

import dev.mcpsession.SessionStore;
import dev.mcpsession.event.Broadcaster;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Describes a [SessionHandler]. Not safe for use by several threads.
public final class SessionHandlerBuilder {

    final SessionStore store;
    Broadcaster broadcaster;
    String path = "/mcp";
    HostPolicy hostPolicy = HostPolicy.LOOPBACK;
    OwnerResolver owners = OwnerResolver.standard();
    Limits limits = Limits.DEFAULT;
    ListenOptions listens = ListenOptions.DEFAULT;
    Duration maxStreamAge = Duration.ZERO;
    boolean endsSessionOnLoss;
    Revisions revisions = Revisions.ALL;
    boolean applicationStreams = true;

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

    /// The revisions of MCP that the application speaks; all if not set. A request that names another one is answered 400 with
    /// `UnsupportedProtocolVersionError` (-32022) and the list, and never reaches the application.
    ///
    /// An `initialize` is passed on whatever revision it asks for, since the application's answer negotiates, unless the
    /// application speaks no revision that has sessions: then it is answered like any request of another revision, and so is a
    /// request that names none, while `GET` and `DELETE` are 405.
    ///
    /// @param values at least one
    /// @return this
    /// @throws IllegalArgumentException if there is none
    /// @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning">MCP 2026-07-28, Versioning</a>
    public SessionHandlerBuilder revisions(ProtocolVersion... values) {
        revisions = new Revisions(Set.copyOf(List.of(values)));
        return this;
    }

    /// Whether the application answers `GET` with event streams of its own. If so, which is the default, a `GET` whose
    /// `Last-Event-ID` is not this library's is passed on to it. If not, such an id is a position that is gone: the session's stream
    /// opens, and goes on with the newest of each signal.
    ///
    /// @param value on or off
    /// @return this
    public SessionHandlerBuilder applicationStreams(boolean value) {
        applicationStreams = value;
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

    /// What a `subscriptions/listen` can ask for; all lists and every resource if not set.
    ///
    /// @param value the lists and topics that the application has
    /// @return this
    public SessionHandlerBuilder listens(ListenOptions value) {
        listens = Objects.requireNonNull(value, "listens");
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

    Rules.Streams streams() {
        if (broadcaster == null) return Rules.Streams.APPLICATION;
        return applicationStreams ? Rules.Streams.BOTH : Rules.Streams.LIBRARY;
    }

    /// Makes the handler, and starts its one background thread.
    ///
    /// @return a new handler
    public SessionHandler build() {
        return new SessionHandler(this);
    }
}
