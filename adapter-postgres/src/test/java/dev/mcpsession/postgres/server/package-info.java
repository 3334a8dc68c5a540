/// A real Postgres for tests and benchmarks: started by them, or the one of `-Dpg.url=jdbc:postgresql://…`.
package dev.mcpsession.postgres.server;
