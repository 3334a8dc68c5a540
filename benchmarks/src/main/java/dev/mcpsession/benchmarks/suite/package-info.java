/// Runs the benchmarks: what is measured, in which JVM, how long, and with how much noise.
package dev.mcpsession.benchmarks.suite;
