/// What others say of this library: the official conformance suite and the official clients, run against a server of ours by
/// `mvn -q -Pconformance verify`. Programs and not unit tests, because they need Node and packages of npm.
package dev.mcpsession.reference.conformance;
