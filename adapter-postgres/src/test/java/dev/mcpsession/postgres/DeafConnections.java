package dev.mcpsession.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// Connections as a pooler lends them that keeps one for a transaction only: LISTEN succeeds, and nothing is ever heard.
final class DeafConnections {

    private DeafConnections() {}

    static DataSource of(DataSource source) {
        return (DataSource) Proxy.newProxyInstance(DeafConnections.class.getClassLoader(), new Class<?>[] {DataSource.class},
                (_, method, given) -> {
                    var answer = called(source, method, given);
                    return answer instanceof Connection connection ? deaf(connection) : answer;
                });
    }

    private static Connection deaf(Connection connection) {
        return (Connection) Proxy.newProxyInstance(DeafConnections.class.getClassLoader(),
                new Class<?>[] {Connection.class, PGConnection.class}, (proxy, method, given) -> switch (method.getName()) {
                    case "unwrap" -> proxy;
                    case "getNotifications" -> {
                        if (given != null) Thread.sleep((int) given[0]);
                        yield new PGNotification[0];
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
