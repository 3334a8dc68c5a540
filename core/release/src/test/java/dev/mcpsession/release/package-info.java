/// Releases into a directory, and checks what is there.
package dev.mcpsession.release;
