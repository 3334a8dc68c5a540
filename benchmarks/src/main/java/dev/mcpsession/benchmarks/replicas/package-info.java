/// Ways to bring an event from one replica of a server to another, over one Postgres database: ours, and what it is compared with.
package dev.mcpsession.benchmarks.replicas;
