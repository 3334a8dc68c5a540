/// Subscribers of both eras beside each other, with filters, and events for all of them and for a few.
package dev.mcpsession.benchmarks.mixed;
