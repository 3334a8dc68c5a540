package dev.mcpsession.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mcpsession.memory.InMemorySessionStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// Replicas whose clocks are an hour apart behave alike, because all times are the database's.
class ClockTest {

    private static final Set<String> ASKING = Set.of("currentTimeMillis", "now", "instant", "millis", "system", "systemUTC");

    @Test
    void adapter_asksNoClockOfTheApplication() throws Exception {
        var classes = Path.of(PostgresSessionStore.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (var files = Files.walk(classes)) {
            var ours = files.filter(file -> file.toString().endsWith(".class")).toList();
            assertTrue(ours.size() > 10, ours::toString);

            assertEquals(List.of(), ours.stream().filter(ClockTest::asksAClock).toList());
        }
    }

    @Test
    void inMemory_asksAClock_asThisTestWouldSee() throws IOException {
        try (var file = InMemorySessionStore.class.getResourceAsStream("InMemorySessionStore.class")) {
            assertTrue(asksAClock(file.readAllBytes()));
        }
    }

    private static boolean asksAClock(Path file) {
        try {
            return asksAClock(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean asksAClock(byte[] type) {
        return StreamSupport.stream(ClassFile.of().parse(type).constantPool().spliterator(), false)
                .anyMatch(entry -> entry instanceof MemberRefEntry used
                        && used.owner().asInternalName().matches("java/time/.*|java/lang/System")
                        && ASKING.contains(used.name().stringValue()));
    }
}
