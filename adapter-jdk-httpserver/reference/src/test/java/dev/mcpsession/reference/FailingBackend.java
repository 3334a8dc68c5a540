package dev.mcpsession.reference;

import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStore;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.backend.Backend;
import dev.mcpsession.broadcast.BroadcasterOptions;
import dev.mcpsession.event.Broadcaster;
import dev.mcpsession.event.BroadcasterException;
import dev.mcpsession.memory.MemoryBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.Supplier;

/// A backend in memory that can be away, as a database can: its store does not answer, and nothing can be published. Thread-safe.
final class FailingBackend {

    private static final String AWAY = "database must be reachable: it is away";
    private static final Set<String> LOCAL = Set.of("policy", "close", "stats", "observe", "subscribe", "toString", "hashCode", "equals");

    private volatile boolean isAway;

    Backend open(SessionPolicy policy) {
        var memory = new MemoryBackend().open(Backend.MEMORY, policy, BroadcasterOptions.DEFAULT);
        return Backend.of(
                failing(SessionStore.class, memory.store(), () -> new SessionStoreException(AWAY)),
                failing(Broadcaster.class, memory.broadcaster(), () -> new BroadcasterException(AWAY)),
                memory::store);
    }

    void setAway(boolean value) {
        isAway = value;
    }

    private <T> T failing(Class<T> type, T target, Supplier<RuntimeException> failure) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, given) -> {
            if (isAway && !LOCAL.contains(method.getName())) throw failure.get();
            try {
                return method.invoke(target, given);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
