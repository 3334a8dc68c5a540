/// Ways to deliver each event to many blocked readers: this library's, and the alternatives.
package dev.mcpsession.benchmarks.fanout;
