package dev.mcpsession.postgres.server;

import java.lang.reflect.InvocationTargetException;

/// Runs a program with a new database, whose JDBC URL is the system property `conformance.database`. The program may exit by itself.
final class WithDatabase {

    private WithDatabase() {}

    /// Runs it.
    ///
    /// @param args the program's main class, and its arguments
    static void main(String... args) throws Throwable {
        try (var database = PgDatabase.create()) {
            System.setProperty("conformance.database", database.url());
            var main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            var rest = new String[args.length - 1];
            System.arraycopy(args, 1, rest, 0, rest.length);
            main.invoke(null, (Object) rest);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
