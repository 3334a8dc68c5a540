/// Subscribers of both eras side by side, with filters, and events for all of them or for a few.
package dev.mcpsession.benchmarks.mixed;
