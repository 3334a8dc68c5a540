/// How questions are asked: what is measured, in which JVM, how long, and beside which noise.
package dev.mcpsession.benchmarks.suite;
