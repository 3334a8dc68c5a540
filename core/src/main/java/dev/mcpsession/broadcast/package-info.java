/// The engine: a log in memory whose `publish` costs the same for a hundred subscribers and for a hundred thousand.
package dev.mcpsession.broadcast;
