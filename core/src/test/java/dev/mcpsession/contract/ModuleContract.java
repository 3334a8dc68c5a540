package dev.mcpsession.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A module's dependencies and exports are a promise to its users, so every change must be repeated here.
public interface ModuleContract extends LocaleContract {

    /// The modules required besides `java.base`, such as `java.sql` or `transitive java.sql`.
    Set<String> required();

    /// The packages exported without qualification.
    Set<String> exported();

    @Test
    default void requires_isWhatWasPromised() {
        var required = descriptor().requires().stream()
                .filter(requires -> !requires.name().equals("java.base"))
                .map(ModuleContract::withModifiers)
                .collect(toSet());

        assertEquals(required(), required);
    }

    @Test
    default void exports_isWhatWasPromised() {
        var exported = descriptor().exports().stream()
                .map(Exports::toString)
                .collect(toSet());

        assertEquals(exported(), exported);
    }

    /// On the class path the module descriptor is ignored, so services also need files in `META-INF/services`.
    @Test
    default void provides_standsThereForTheClassPathToo() throws IOException {
        for (var provides : descriptor().provides()) {
            try (var file = getClass().getModule().getResourceAsStream("META-INF/services/" + provides.service())) {
                assertNotNull(file, provides::service);
                assertEquals(provides.providers(), new String(file.readAllBytes(), UTF_8).lines().toList());
            }
        }
    }

    private ModuleDescriptor descriptor() {
        return getClass().getModule().getDescriptor();
    }

    private static String withModifiers(Requires requires) {
        var modifiers = requires.modifiers().stream().map(modifier -> modifier.name().toLowerCase(Locale.ROOT));
        return Stream.concat(modifiers, Stream.of(requires.name())).collect(joining(" "));
    }
}
