/// Reports on a run's raw figures: tables, bars, plots.
package dev.mcpsession.benchmarks.report;
