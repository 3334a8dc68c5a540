/// What is made of a run's raw figures: tables, bars, plots.
package dev.mcpsession.benchmarks.report;
