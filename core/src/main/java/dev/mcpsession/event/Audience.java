package dev.mcpsession.event;

import dev.mcpsession.ForAdapters;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import java.util.Objects;

/// The subscriptions that an event is for. Immutable.
@ForAdapters
public sealed interface Audience {

    /// Every subscription.
    record Everyone() implements Audience {}

    /// The subscription of one session.
    ///
    /// @param session the session's id
    record OneSession(SessionId session) implements Audience {

        /// Checks that nothing is null.
        public OneSession {
            Objects.requireNonNull(session, "session");
        }
    }

    /// The subscriptions of all sessions that an owner has.
    ///
    /// @param owner an authenticated owner
    record SessionsOf(Owner owner) implements Audience {

        /// Checks that the owner is authenticated: anonymous callers are not one person.
        ///
        /// @throws IllegalArgumentException if the owner is anonymous
        public SessionsOf {
            if (owner.isAnonymous()) throw new IllegalArgumentException("audience must have an authenticated owner: anonymous");
        }
    }
}
