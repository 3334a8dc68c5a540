package dev.mcpsession;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.TYPE;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks API that adapters need and applications do not. An adapter connects an HTTP server or a database, or reads events without an
/// HTTP server.
@ForAdapters
@Documented
@Target({TYPE, METHOD})
@Retention(RetentionPolicy.CLASS)
public @interface ForAdapters {}
