package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolVersionTest {

    @Test
    void served_all_areTheNewestFirst() {
        assertEquals(List.of("2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"), ProtocolVersion.served());
        assertEquals(List.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"),
                ProtocolVersion.servedWithSessions());
    }

    @Test
    void served_nameOfEach_findsIt() {
        for (var name : ProtocolVersion.served()) {
            assertEquals(Optional.of(name), ProtocolVersion.served(name).map(ProtocolVersion::toString));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-07-29", "2024-10-07", "", "2025-11-25 ", " 2025-11-25", "2025-11-2", "V2025_11_25"})
    void served_other_isEmpty(String name) {
        assertEquals(Optional.empty(), ProtocolVersion.served(name));
    }
}
