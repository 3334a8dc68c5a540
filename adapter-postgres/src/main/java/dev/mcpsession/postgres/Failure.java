package dev.mcpsession.postgres;

import dev.mcpsession.SessionStoreException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/// What a failure of the database means for an operator: a rule, and what breaks it.
///
/// @param state   the SQLSTATE, or empty if there is none
/// @param message the first line of what the server or the driver said
/// @param isOfLogin whether that may name the role
/// @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL Error Codes</a>
record Failure(String state, String message, boolean isOfLogin) {

    static final String READ_ONLY = "25006";
    static final String QUEUE_FULL = "54000"; // no other limit can be meant: our statements are short
    static final String TOO_LATE = "57014";
    static final String TOO_MANY_CONNECTIONS = "53300";
    static final String NO_FREE_CONNECTION = "53MCP"; // class 53: insufficient resources

    static final String WRITABLE = "database must be writable: it is read-only, such as a standby; "
            + "targetServerType=primary in its URL finds the primary";
    static final String RIGHTS = "role must have the rights that schema.sql names";

    static Failure of(SQLException e) {
        var telling = telling(e);
        var state = Objects.requireNonNullElse(telling.getSQLState(), "");
        var message = Objects.requireNonNullElse(telling.getMessage(), telling.getClass().getName()).lines().findFirst();
        return new Failure(state, message.orElse(""), state.startsWith("28") || state.equals(TOO_MANY_CONNECTIONS));
    }

    // A pool may wrap what the driver said.
    private static SQLException telling(SQLException e) {
        if (e.getSQLState() != null) return e;
        return e.getCause() instanceof SQLException cause && cause != e ? telling(cause) : e;
    }

    /// The exception for callers. Not even as its cause has it what the server says to a login: that names the role.
    static SessionStoreException during(String what, SQLException e) {
        var failure = of(e);
        var message = what + " failed: " + failure.reason();
        return failure.isOfLogin() ? new SessionStoreException(message) : new SessionStoreException(message, e);
    }

    String reason() {
        return rule().map(rule -> rule + " (" + state + ")").orElseGet(() -> message + " (" + state + ")");
    }

    private Optional<String> rule() {
        return Optional.ofNullable(switch (state) {
            case READ_ONLY -> WRITABLE;
            case "28000", "28P01" -> "database must accept user and password: it does not";
            case "3D000", "57P04" -> "database must exist: " + message;
            case "3F000" -> "search path must lead to a schema that exists, by currentSchema in the URL or by the role's search_path: "
                    + message;
            case "42501" -> RIGHTS + ": " + message;
            case "42P01", "42883", "42703" -> PostgresSchema.RULE + ": " + message;
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
