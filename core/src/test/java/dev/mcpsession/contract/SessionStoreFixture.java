package dev.mcpsession.contract;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.Client;
import dev.mcpsession.CreateResult;
import dev.mcpsession.Owner;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.json.Json;
import java.time.Duration;

/// Supplies the store under test, and helpers of its tests. Tests do not wait: [#elapse] advances the time. On a shared clock a little more
/// time may pass.
public interface SessionStoreFixture {

    SessionPolicy POLICY = SessionPolicy.DEFAULT;
    Duration TTL = POLICY.ttl();
    Duration MINUTE = Duration.ofMinutes(1);
    Client CLIENT = new Client("2025-11-25", "a client", Json.obj().with("roots", Json.obj().with("listChanged", true)));
    Owner ALICE = Owner.principal("alice");
    Owner BOB = Owner.token("bob's token");
    Owner ANYBODY = Owner.anonymous();

    /// Opens an empty store. The implementing class closes it after the test.
    SessionStore open(SessionPolicy policy);

    /// Opens an empty store of another kind, in the same place.
    SessionStore open(String kind, SessionPolicy policy);

    /// Advances the time for all stores of the test, as if everything so far had happened that much earlier.
    void elapse(Duration time);

    /// By how much this many creates and revivals at the same moment may exceed a limit; by nothing where limits are exact.
    default int overshoot(int concurrent) {
        return 0;
    }

    /// How often a race is run; less often where a call is slow.
    default int rounds() {
        return 1_000;
    }

    /// A session that has not been used yet.
    default SessionId minted(SessionStore store, Owner owner) {
        var id = SessionId.random();
        assertInstanceOf(CreateResult.Created.class, store.create(id, owner, CLIENT));
        return id;
    }

    /// A session that has been used, and so is not provisional.
    default SessionId used(SessionStore store, Owner owner) {
        var id = minted(store, owner);
        assertTrue(store.touch(id));
        return id;
    }

    /// A session that has just expired, as have all others of the test.
    default SessionId expired(SessionStore store, Owner owner) {
        var id = used(store, owner);
        elapse(TTL);
        return id;
    }
}
