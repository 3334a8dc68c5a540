/// Ways to bring each event to many blocked readers: ours, and those it is compared with.
package dev.mcpsession.benchmarks.fanout;
