/// Benchmarks: one class for each question. The packages contain the designs with which this library is compared.
package dev.mcpsession.benchmarks;
