package dev.mcpsession.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// Connections through a pooler in transaction mode (as observed with PgBouncer 1.18 and 1.25): LISTEN succeeds, notifications arrive
/// with the answer to the next statement, and nothing arrives while a client waits.
final class TransactionPooler {

    private TransactionPooler() {}

    static DataSource of(DataSource source) {
        return of(source, new AtomicBoolean(true));
    }

    /// @param isPooled whether connections behave like that at the moment
    static DataSource of(DataSource source, AtomicBoolean isPooled) {
        return (DataSource) Proxy.newProxyInstance(TransactionPooler.class.getClassLoader(), new Class<?>[] {DataSource.class},
                (_, method, given) -> {
                    var answer = called(source, method, given);
                    return answer instanceof Connection connection ? pooled(connection, isPooled) : answer;
                });
    }

    private static Connection pooled(Connection connection, AtomicBoolean isPooled) {
        var hasAnswer = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(TransactionPooler.class.getClassLoader(),
                new Class<?>[] {Connection.class, PGConnection.class}, (proxy, method, given) -> switch (method.getName()) {
                    case "unwrap" -> proxy;
                    case "getNotifications" -> {
                        if (!isPooled.get() || hasAnswer.getAndSet(false)) yield called(connection, method, given);
                        if (given != null) Thread.sleep((int) given[0]);
                        yield new PGNotification[0];
                    }
                    case "prepareStatement" -> {
                        hasAnswer.set(true);
                        yield called(connection, method, given);
                    }
                    default -> called(connection, method, given);
                });
    }

    private static Object called(Object target, Method method, Object[] given) throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
