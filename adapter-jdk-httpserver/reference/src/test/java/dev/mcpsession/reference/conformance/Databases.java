package dev.mcpsession.reference.conformance;

import java.util.Optional;
import java.util.function.Supplier;

/// The databases that replicas share. A program that starts this one may supply them, because this module has none.
final class Databases {

    private static final Object SUPPLIER = System.getProperties().get("conformance.databases");

    private Databases() {}

    /// The JDBC URL of a new database; empty if one server has to keep everything in memory.
    static Optional<String> next() {
        return SUPPLIER instanceof Supplier<?> urls ? Optional.of(urls.get().toString()) : Optional.empty();
    }
}
