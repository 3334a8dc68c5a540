/// A real Postgres for tests and benchmarks: started by them, or given as `-Dpg.url=jdbc:postgresql://…`.
package dev.mcpsession.postgres.server;
