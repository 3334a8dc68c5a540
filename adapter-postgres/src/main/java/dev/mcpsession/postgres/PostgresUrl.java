package dev.mcpsession.postgres;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The JDBC URL of a Postgres database, `jdbc:postgresql://host:port/database?parameters`, safe to log.
///
/// Several hosts may be named, separated by commas; a port, the database and the parameters may be left out. The driver checks the
/// parameters when it connects.
///
/// @param value the URL as given, in the driver's form; it may hold a password
/// @see <a href="https://jdbc.postgresql.org/documentation/use/#connecting-to-the-database">pgjdbc, Connecting to the
///      Database</a>
record PostgresUrl(String value) {

    private static final String SCHEME = "jdbc:postgresql://";

    // Neither '@' nor a further '/' outside the parameters: the driver knows no "user:password@", would take the
    // password for a port, and would log it.
    private static final String PORT = "(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5])"; // up to 65535
    private static final String HOST = "(?:[^\\s/?@:,\\[\\]]+|\\[[0-9A-Fa-f:.]+])(?::" + PORT + ")?";
    private static final Pattern URL = Pattern.compile(
            SCHEME + "(?<hosts>" + HOST + "(?:," + HOST + ")*)(?:/(?<database>[^\\s/?@]*))?(?:\\?(?<parameters>.*))?");

    /// Checks the URL.
    ///
    /// @throws IllegalArgumentException if the URL does not have the form above, or has credentials anywhere but in its
    ///                                  parameters; the message does not repeat it
    PostgresUrl {
        requireNonNull(value, "value");
        if (!URL.matcher(value).matches()) {
            throw new IllegalArgumentException("a Postgres URL must be " + SCHEME
                    + "host:port/database, with credentials as the parameters user and password only");
        }
    }

    /// Whether a parameter is given, whatever its value.
    boolean has(String parameter) {
        return Stream.of(part("parameters").split("&")).anyMatch(given -> given.equals(parameter) || given.startsWith(parameter + "="));
    }

    private String part(String name) {
        var url = URL.matcher(value);
        url.matches();
        return requireNonNullElse(url.group(name), "");
    }

    /// {@return hosts and database only: other parameters than `password` are secrets, too}
    @Override
    public String toString() {
        return SCHEME + part("hosts") + "/" + part("database");
    }
}
