package dev.mcpsession.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Makes a replica lag: its thread that reads the log stops at the next statement, and everything else goes on.
final class Lag {

    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

    Database.Source of(Database.Source source) {
        return () -> {
            var connection = source.getConnection();
            return (Connection) Proxy.newProxyInstance(Lag.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, given) -> {
                if (method.getName().equals("prepareStatement") && Thread.currentThread().getName().equals("mcp-postgres-reader")) {
                    gate.readLock().lockInterruptibly();
                    gate.readLock().unlock();
                }
                try {
                    return method.invoke(connection, given);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        };
    }

    void begin() {
        gate.writeLock().lock();
    }

    void end() {
        gate.writeLock().unlock();
    }
}
