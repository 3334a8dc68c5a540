/// Sessions and events in a Postgres database, shared by all replicas.
@SuppressWarnings("requires-automatic") // the driver has no module descriptor, only a reserved name
module dev.mcpsession.postgres {
    requires transitive dev.mcpsession;
    requires transitive java.sql;
    requires java.naming; // the driver's data sources are javax.naming.Referenceable
    requires org.postgresql.jdbc;

    exports dev.mcpsession.postgres;

    provides dev.mcpsession.backend.Backend.Provider with dev.mcpsession.postgres.PostgresBackend;
}
