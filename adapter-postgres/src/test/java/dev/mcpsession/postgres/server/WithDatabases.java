package dev.mcpsession.postgres.server;

import java.lang.reflect.InvocationTargetException;
import java.util.function.Supplier;

/// Runs a program that needs databases and does not depend on Postgres. It finds a supplier of their JDBC URLs in the system properties.
final class WithDatabases {

    private WithDatabases() {}

    /// Runs it.
    ///
    /// @param args the program's main class, and its arguments
    static void main(String... args) throws Throwable {
        try {
            System.getProperties().put("conformance.databases", (Supplier<String>) WithDatabases::next);
            var main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            var rest = new String[args.length - 1];
            System.arraycopy(args, 1, rest, 0, rest.length);
            main.invoke(null, (Object) rest);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static String next() {
        return PgDatabase.create().url();
    }
}
