package dev.mcpsession.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OncePerMinuteTest {

    @Test
    void isDue_manyAtOnce_isTrueForOne() {
        for (var round = 0; round < 1_000; round++) {
            var line = new OncePerMinute();

            assertEquals(1, IntStream.range(0, 64).parallel().filter(_ -> line.isDue()).count());
        }
    }
}
