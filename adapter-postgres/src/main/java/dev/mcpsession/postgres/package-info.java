/// Sessions and events in a Postgres database, shared by all replicas of a server.
package dev.mcpsession.postgres;
