/// Servers with real connections, and the clients, in processes of their own, that put load on them.
package dev.mcpsession.benchmarks.wire;
