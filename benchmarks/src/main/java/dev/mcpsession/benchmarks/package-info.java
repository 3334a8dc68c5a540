/// One class for each question, with what the answer is compared to beside it.
package dev.mcpsession.benchmarks;
