package dev.mcpsession.postgres;

import dev.mcpsession.SessionStoreException;
import dev.mcpsession.event.BroadcasterException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/// What a failure of the database means: for an operator, a rule and what breaks it; for the code, whether to try again.
///
/// @param cause  what failed, or null if that may name a role
/// @param state  the SQLSTATE, or empty if there is none
/// @param reason the rule that is broken, or what the server or the driver said
/// @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL Error Codes</a>
record SqlFailure(SQLException cause, String state, String reason) {

    static final String READ_ONLY = "25006";
    static final String TOO_LATE = "57014";
    static final String ISOLATION = "25001"; // the level cannot be changed after the first query
    static final String NO_FREE_CONNECTION = "53MCP"; // class 53: insufficient resources
    private static final String QUEUE_FULL = "54000"; // no other limit can be meant: our statements are short
    private static final String TOO_MANY_CONNECTIONS = "53300";

    /// The version of `schema.sql`.
    static final int TABLES_VERSION = 4;
    static final String TABLES = "database must have the tables of schema.sql, version " + TABLES_VERSION
            + ": run it, or PostgresSchema.create";
    static final String WRITABLE = "database must be writable: it is read-only, such as a standby; "
            + "targetServerType=primary in its URL finds the primary";
    static final String RIGHTS = "role must have the rights that schema.sql names";

    static SqlFailure of(SQLException e) {
        var telling = telling(e);
        var state = Objects.requireNonNullElse(telling.getSQLState(), "");
        var message = Objects.requireNonNullElse(telling.getMessage(), telling.getClass().getName()).lines().findFirst().orElse("");
        var isOfLogin = state.startsWith("28") || state.equals(TOO_MANY_CONNECTIONS); // what the server says names the role
        return new SqlFailure(isOfLogin ? null : e, state, rule(state, message).orElse(message) + " (" + state + ")");
    }

    // A pool may wrap what the driver said.
    private static SQLException telling(SQLException e) {
        if (e.getSQLState() != null) return e;
        return e.getCause() instanceof SQLException cause && cause != e ? telling(cause) : e;
    }

    /// {@return the exception for a caller of the store}
    static SessionStoreException during(String what, SQLException e) {
        var failure = of(e);
        var message = what + " failed: " + failure.reason;
        return failure.cause == null ? new SessionStoreException(message) : new SessionStoreException(message, e);
    }

    /// {@return the exception for a caller that needs the log}
    static BroadcasterException unreadable(SQLException e) {
        var failure = of(e);
        return new BroadcasterException("the log of events cannot be read: " + failure.reason, failure.cause);
    }

    /// Whether the outcome of the statement is unknown: its answer was lost, or may have been. A server that ends a transaction
    /// for its age ends its connection, too.
    boolean isDisconnect() {
        return state.isEmpty() || state.startsWith("08") || state.startsWith("57P") || state.equals("25P03") || state.equals("25P04");
    }

    /// Whether only another connection can do better: this one has ended, or does not lead to the primary.
    boolean isOfConnection() {
        return isDisconnect() || state.equals(READ_ONLY);
    }

    /// Whether the same may succeed in a moment: in another connection, after a failover, or after a competitor.
    boolean isPassing() {
        return isDisconnect() || state.startsWith("40") || state.startsWith("53") || state.startsWith("55")
                || isTooLate() || state.equals(READ_ONLY) || state.equals(TOO_LATE);
    }

    /// Whether the transaction failed only because it notifies.
    boolean isQueueFull() {
        return state.equals(QUEUE_FULL);
    }

    /// Whether a competitor came first: the same statement, repeated, finds what it did.
    boolean isTooLate() {
        return state.equals("23505");
    }

    private static Optional<String> rule(String state, String message) {
        return Optional.ofNullable(switch (state) {
            case READ_ONLY -> WRITABLE;
            case ISOLATION -> "transactions must be 'read committed': " + message;
            case "28000", "28P01" -> "database must accept user and password: it does not";
            case "3D000", "57P04" -> "database must exist: " + message;
            case "3F000" -> "search path must lead to a schema that exists, by currentSchema in the URL or by the role's search_path: "
                    + message;
            case "42501" -> RIGHTS + ": " + message;
            case "42P01", "42883", "42703" -> TABLES + ": " + message;
            case "42P05", "26000" -> "connections must keep their prepared statements: behind a pooler that lends them for one transaction,"
                    + " prepareThreshold=0 in the URL does without: " + message;
            case QUEUE_FULL -> "notification queue of the server must not be full: somebody listens and does not read; "
                    + "pg_notification_queue_usage() tells how full it is";
            case TOO_MANY_CONNECTIONS -> "database must have a connection to spare: too many are open";
            case TOO_LATE, "55P03", "25P03", "25P04" -> "database must answer in time: " + message;
            case "53100" -> "server must have space on its disk: " + message;
            case "53200" -> "server must have memory to spare: " + message;
            case "57P01", "57P02", "57P03" -> "database must be up: " + message;
            case "08001", "08004" -> "database must be reachable: " + message;
            case "08P01" -> "server, or the pooler before it, must serve the connection: " + message;
            case "08000", "08003", "08006", "08007", "57P05" -> "connection must last: " + message;
            default -> null;
        });
    }
}
