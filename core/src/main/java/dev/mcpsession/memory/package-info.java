/// Sessions in the memory of this JVM.
package dev.mcpsession.memory;
