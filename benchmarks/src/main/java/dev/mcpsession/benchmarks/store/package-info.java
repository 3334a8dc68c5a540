/// Ways to keep sessions in memory: this library's, and those with which it is compared.
package dev.mcpsession.benchmarks.store;
