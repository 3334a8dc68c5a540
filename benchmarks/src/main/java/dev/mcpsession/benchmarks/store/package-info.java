/// Ways to keep sessions in memory: this library's, and the alternatives.
package dev.mcpsession.benchmarks.store;
