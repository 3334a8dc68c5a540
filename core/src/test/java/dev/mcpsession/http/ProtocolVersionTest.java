package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolVersionTest {

    @Test
    void served_all_areTheNewestFirst() {
        assertEquals("[2026-07-28, 2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05]", ProtocolVersion.served().toString());
        assertEquals("[2025-11-25, 2025-06-18, 2025-03-26, 2024-11-05]", ProtocolVersion.servedWithSessions().toString());
    }

    @Test
    void served_nameOfEach_findsIt() {
        for (var version : ProtocolVersion.values()) {
            assertEquals(Optional.of(version), ProtocolVersion.served(version.toString()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-07-29", "2024-10-07", "", "2025-11-25 ", " 2025-11-25", "2025-11-2", "V2025_11_25"})
    void served_other_isEmpty(String name) {
        assertEquals(Optional.empty(), ProtocolVersion.served(name));
    }
}
