package dev.mcpsession.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/// The pools that most applications have, in settings that some of them have: auto-commit off, read-only and serializable by default.
enum Pools {
    HIKARI {
        @Override
        Opened open(String url, int connections) {
            var settings = new HikariConfig();
            settings.setJdbcUrl(url);
            settings.setMaximumPoolSize(connections);
            settings.setAutoCommit(false);
            settings.setReadOnly(true);
            settings.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
            var pool = new HikariDataSource(settings);
            return new Opened(pool, pool::close);
        }
    },
    TOMCAT {
        @Override
        Opened open(String url, int connections) {
            var settings = new PoolProperties();
            settings.setUrl(url);
            settings.setDriverClassName("org.postgresql.Driver");
            settings.setMaxActive(connections);
            settings.setInitialSize(1);
            settings.setDefaultAutoCommit(false);
            settings.setDefaultReadOnly(true);
            settings.setDefaultTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            var pool = new org.apache.tomcat.jdbc.pool.DataSource(settings);
            return new Opened(pool, pool::close);
        }
    },
    DBCP {
        @Override
        Opened open(String url, int connections) {
            var pool = new BasicDataSource();
            pool.setUrl(url);
            pool.setMaxTotal(connections);
            pool.setDefaultAutoCommit(false);
            pool.setDefaultReadOnly(true);
            pool.setDefaultTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            return new Opened(pool, pool::close);
        }
    };

    private static final int CONNECTIONS = 20;

    /// A pool that the caller closes.
    record Opened(DataSource source, End end) implements AutoCloseable {
        @Override
        public void close() throws SQLException {
            end.close();
        }
    }

    /// Closes a pool.
    interface End {
        void close() throws SQLException;
    }

    abstract Opened open(String url, int connections);

    /// The connections of a contract test: those of `-Dpg.pool=hikari`, `tomcat` or `dbcp`, `plain` ones, or odd ones. Open until the JVM
    /// ends.
    static Database.Source ofContract(PgDatabase database, Database.Source plain) {
        var name = System.getProperty("pg.pool", "odd").toUpperCase(Locale.ROOT);
        if (name.equals("ODD")) return new OddSource(plain, database::connect);
        if (name.equals("PLAIN")) return plain;
        return valueOf(name).open(database.url(), CONNECTIONS).source()::getConnection;
    }
}
