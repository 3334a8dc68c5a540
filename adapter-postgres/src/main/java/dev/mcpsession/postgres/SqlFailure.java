package dev.mcpsession.postgres;

import java.sql.SQLException;

/// What a failure of the database means for somebody who might try again.
///
/// @param cause  what failed, or null where not even that may be shown
/// @param state  the SQLSTATE, or empty if there is none
/// @param reason the same in words for an operator
record SqlFailure(SQLException cause, String state, String reason) {

    static SqlFailure of(SQLException e) {
        var failure = Failure.of(e);
        return new SqlFailure(failure.isOfLogin() ? null : e, failure.state(), failure.reason());
    }

    /// Whether the outcome of the statement is unknown: its answer was lost, or may have been. A server that ends a transaction
    /// for its age ends its connection, too.
    boolean isDisconnect() {
        return state.isEmpty() || state.startsWith("08") || state.startsWith("57P") || state.equals("25P03") || state.equals("25P04");
    }

    /// Whether the same may succeed in a moment: in another connection, after a failover, or behind a competitor.
    boolean isPassing() {
        return isDisconnect() || state.startsWith("40") || state.startsWith("53") || state.startsWith("55")
                || isTooLate() || state.equals(Failure.READ_ONLY) || state.equals("57014");
    }

    /// Whether somebody else came first: the same statement, once more, finds what he did.
    boolean isTooLate() {
        return state.equals("23505");
    }
}
