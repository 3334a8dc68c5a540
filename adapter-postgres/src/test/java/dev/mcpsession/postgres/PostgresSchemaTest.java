package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.CreateResult;
import dev.mcpsession.SessionId;
import dev.mcpsession.SessionPolicy;
import dev.mcpsession.SessionStoreException;
import dev.mcpsession.contract.Race;
import dev.mcpsession.contract.SessionStoreFixture;
import dev.mcpsession.postgres.server.PgDatabase;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresSchemaTest {

    private PgDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PgDatabase.create();
    }

    @AfterEach
    void closeDatabase() {
        database.close();
    }

    @Test
    void verify_noTables_saysWhatToDo() {
        var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.verify(database.dataSource()));

        assertEquals("database must have the tables of schema.sql, version 4: run it, or PostgresSchema.create: there are none",
                error.getMessage());
    }

    @Test
    void verify_otherVersion_saysWhichOne() {
        PostgresSchema.create(database.dataSource());
        database.execute("update mcp_session_schema set version = 7");

        for (var step : new Runnable[] {
                () -> PostgresSchema.verify(database.dataSource()), () -> PostgresSchema.create(database.dataSource())}) {
            var error = assertThrows(SessionStoreException.class, step::run);
            assertEquals("database must have the tables of schema.sql, version 4: run it, or PostgresSchema.create: "
                    + "it has version 7", error.getMessage());
        }
    }

    @Test
    void create_byManyAtOnce_isAsOnce() {
        Race.by(8, () -> {
            PostgresSchema.create(database.dataSource());
            return null;
        });

        PostgresSchema.verify(database.dataSource());
    }

    @Test
    void create_again_keepsWhatIsThere() {
        PostgresSchema.create(database.dataSource());
        var store = new PostgresSessionStore(database.dataSource(), SessionPolicy.DEFAULT);
        store.create(SessionId.random(), SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT);

        PostgresSchema.create(database.dataSource());

        assertEquals(1, store.heldCount());
    }

    @Test
    void create_failsHalfway_leavesNothing() {
        database.execute("create table mcp_session_total (mine int)");

        assertThrows(SessionStoreException.class, () -> PostgresSchema.create(database.dataSource()));

        var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.verify(database.dataSource()));
        assertTrue(error.getMessage().endsWith("there are none"), error.getMessage());
    }

    @Test
    void create_roleWithoutRights_saysSo() {
        database.execute("revoke create on schema public from public"); // as it is since Postgres 15
        var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.create(as(newRole())));

        assertEquals("create the tables of schema.sql failed: role must have the rights that schema.sql names: "
                + "ERROR: permission denied for schema public (42501)", error.getMessage());
    }

    @Test
    void verify_tablesWithoutRights_saysWhichAreMissing() {
        PostgresSchema.create(database.dataSource());
        var role = newRole();
        database.execute("grant select on all tables in schema public to " + role
                + "; grant insert, update, delete on mcp_session to " + role);

        var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.verify(as(role)));

        assertTrue(error.getMessage().contains("it lacks ") && error.getMessage().contains("update on mcp_session_total"),
                error.getMessage());
        assertTrue(!error.getMessage().contains("on mcp_session,"), error.getMessage());
    }

    @Test
    void create_byHandForARoleWithoutRightsToCreate_serves() {
        database.execute(PostgresSchema.script());
        var role = newRole();
        database.execute("grant select, insert, update, delete on all tables in schema public to " + role);

        assertDoesNotThrow(() -> PostgresSchema.create(as(role)));

        var store = new PostgresSessionStore(as(role), SessionPolicy.DEFAULT);
        var id = SessionId.random();
        assertInstanceOf(CreateResult.Created.class, store.create(id, SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT));
        assertTrue(store.touch(id));
        assertTrue(store.delete(id));
    }

    @Test
    void create_inAnotherSchema_isFoundByTheSearchPath() {
        database.execute("create schema apart");
        var apart = as("postgres");
        ((PGSimpleDataSource) apart).setCurrentSchema("apart");

        PostgresSchema.create(apart);

        PostgresSchema.verify(apart);
        assertThrows(SessionStoreException.class, () -> PostgresSchema.verify(database.dataSource()));
        var store = new PostgresSessionStore(apart, SessionPolicy.DEFAULT);
        store.create(SessionId.random(), SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT);
        assertEquals(1, store.heldCount());
    }

    @Test
    void create_noSchemaInTheSearchPath_saysSo() {
        var source = as("postgres");
        ((PGSimpleDataSource) source).setCurrentSchema("nowhere");

        var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.create(source));

        assertEquals("create the tables of schema.sql failed: search path must lead to a schema that exists, by currentSchema in the URL"
                + " or by the role's search_path: ERROR: no schema has been selected to create in (3F000)", error.getMessage());
    }

    @Test
    void verify_readOnlyDatabase_saysSo() {
        PostgresSchema.create(database.dataSource());
        var source = as("postgres");
        ((PGSimpleDataSource) source).setOptions("-c default_transaction_read_only=on");

        var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.verify(source));

        assertTrue(error.getMessage().startsWith("database must be writable"), error.getMessage());
    }

    @Test
    void create_otherIsolation_serves() {
        var source = as("postgres");
        ((PGSimpleDataSource) source).setOptions("-c default_transaction_isolation=serializable");

        PostgresSchema.create(source);

        var store = new PostgresSessionStore(source, SessionPolicy.DEFAULT);
        var id = SessionId.random();
        assertInstanceOf(CreateResult.Created.class, store.create(id, SessionStoreFixture.ALICE, SessionStoreFixture.CLIENT));
        assertTrue(store.touch(id));
    }

    @Test
    void create_otherEncoding_saysSoAndCreatesNothing() throws SQLException {
        database.execute("create database latin encoding 'LATIN1' locale 'C' template template0");
        var source = as("postgres");
        ((PGSimpleDataSource) source).setDatabaseName("latin");
        try {
            var error = assertThrows(SessionStoreException.class, () -> PostgresSchema.create(source));

            assertEquals("server_encoding of the database must be 'UTF8': 'LATIN1'", error.getMessage());
        } finally {
            database.execute("drop database latin with (force)");
        }
    }

    @Test
    void script_anyEncoding_canStoreIt() {
        assertTrue(PostgresSchema.script().chars().allMatch(c -> c < 128));
    }

    private String newRole() {
        var role = "role_" + UUID.randomUUID().toString().replace("-", "");
        database.execute("create role " + role + " login password 'none'");
        return role;
    }

    private DataSource as(String role) {
        var source = new PGSimpleDataSource();
        source.setURL(database.url());
        source.setUser(role);
        if (!role.equals("postgres")) source.setPassword("none");
        return source;
    }
}
