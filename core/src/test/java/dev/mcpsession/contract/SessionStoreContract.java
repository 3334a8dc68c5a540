package dev.mcpsession.contract;

/// What every [dev.mcpsession.SessionStore] promises. A store is tested by a class that implements this interface.
public interface SessionStoreContract
        extends SessionLifeContract,
                SessionRevivalContract,
                SessionStateContract,
                SessionLimitsContract,
                SessionListContract,
                SessionKindsContract,
                SessionRacesContract {}
