/// Servers that people would use instead of this library's: the official SDK of MCP, and frameworks with server-sent events.
package dev.mcpsession.benchmarks.products;
