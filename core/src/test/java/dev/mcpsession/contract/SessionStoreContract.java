package dev.mcpsession.contract;

/// The promises of every [dev.mcpsession.SessionStore]. Its test class implements this interface.
public interface SessionStoreContract
        extends SessionLifeContract,
                SessionRevivalContract,
                SessionStateContract,
                SessionLimitsContract,
                SessionListContract,
                SessionKindsContract,
                SessionRacesContract {}
