/// Backends: a session store and a broadcaster that belong together, opened by name.
package dev.mcpsession.backend;
