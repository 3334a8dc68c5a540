package dev.mcpsession;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks what an adapter needs and an application does not: an adapter to an HTTP server, to a database, or of an application that
/// reads events without an HTTP server.
@ForAdapters
@Documented
@Target({TYPE, METHOD})
@Retention(RetentionPolicy.CLASS)
public @interface ForAdapters {}
