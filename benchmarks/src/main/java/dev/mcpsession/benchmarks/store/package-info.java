/// Ways to keep sessions in memory: ours, and those it is compared with.
package dev.mcpsession.benchmarks.store;
