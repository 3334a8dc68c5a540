/// Servers with real connections, and clients in separate processes that put load on them.
package dev.mcpsession.benchmarks.wire;
