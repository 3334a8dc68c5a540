/// Ways to deliver an event from one replica of a server to another over one Postgres database: this library's, and an alternative.
package dev.mcpsession.benchmarks.replicas;
