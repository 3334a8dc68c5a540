package dev.mcpsession.memory;

/// A place in a ring of links, or in none. Guarded by its stripe of [ExpiryBuckets].
abstract class Link {
    Link before;
    Link after;

    boolean isLinked() {
        return after != null;
    }
}
