package dev.mcpsession.benchmarks.store;

import dev.mcpsession.benchmarks.suite.Design;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/// The stores that are compared. They are opened with their clock.
public final class Stores {

    /// This library.
    public static final Design<Function<InstantSource, Store>> MCP_SESSION = new Design<>("mcp-session", McpSessionStore::new);
    /// A map guarded by one lock.
    public static final Design<Function<InstantSource, Store>> LOCKED_MAP = new Design<>("locked-map", LockedMapStore::new);
    /// A cache with an expiry for each entry.
    public static final Design<Function<InstantSource, Store>> CAFFEINE = new Design<>("caffeine", CaffeineStore::new);

    /// All of them, in the order of the report.
    public static final List<Design<Function<InstantSource, Store>>> ALL = List.of(MCP_SESSION, LOCKED_MAP, CAFFEINE);

    private Stores() {}

    /// Creates an empty store.
    ///
    /// @param design its name
    /// @param clock  the store's clock
    /// @return a new store
    public static Store open(String design, InstantSource clock) {
        return Design.opener(design, ALL).apply(clock);
    }
}
