/// Tests of this library by others' programs: the official conformance suite and clients, run against the reference server by `mvn -q
/// -Pconformance verify`. They are programs and not unit tests, because they need Node and npm packages.
package dev.mcpsession.reference.conformance;
