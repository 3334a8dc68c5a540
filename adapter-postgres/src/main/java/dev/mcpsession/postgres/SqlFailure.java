package dev.mcpsession.postgres;

import java.sql.SQLException;

/// What a failure of the database means: in words, and for whoever might try again.
record SqlFailure(SQLException cause) {

    private String state() {
        return cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    /// In words for an operator. Whatever is not named here is in the cause.
    String meaning() {
        return switch (state()) {
            case "25006" -> "the database is read-only, perhaps a standby; connect to the primary";
            case "42501" -> "the database role lacks rights on the tables of schema.sql";
            case "42P01", "42703", "3F000" -> "the tables of schema.sql are missing, or those of another version are there";
            case "54000" -> "the notification queue of Postgres is full: somebody listens and does not read, see pg_notification_queue_usage()";
            case "53300" -> "the database has no connection left";
            case "28P01", "28000" -> "the database refuses this user or password";
            default -> isDisconnect() ? "the database cannot be reached" : "the database refuses (SQL state " + state() + ")";
        };
    }

    /// Whether nobody knows what became of the statement: its answer was lost, or may have been.
    boolean isDisconnect() {
        return state().isEmpty() || state().startsWith("08") || state().startsWith("57P");
    }

    /// Whether the same may succeed in a moment: in another connection, after a failover, or behind a competitor.
    boolean isPassing() {
        return isDisconnect() || state().startsWith("40") || state().startsWith("53") || state().startsWith("55")
                || isTooLate() || state().equals("25006") || state().equals("57014");
    }

    /// Whether somebody else came first: the same statement, once more, finds what he did.
    boolean isTooLate() {
        return state().equals("23505");
    }
}
