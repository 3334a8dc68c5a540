/// Ways to deliver each event to many blocked readers: this library's, and those with which it is compared.
package dev.mcpsession.benchmarks.fanout;
