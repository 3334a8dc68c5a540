package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Compares with the JDK's decoder, which is strict when it reports.
class Utf8Test {

    private static final int[] EDGES = {0x00, 0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};

    private static void check(int... sequence) {
        var bytes = new byte[sequence.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) sequence[i];
        boolean wellFormed = Utf8.sequenceLength(bytes, 0) == bytes.length;
        assertEquals(isOneCharacter(bytes), wellFormed, () -> HexFormat.of().formatHex(bytes));
    }

    private static boolean isOneCharacter(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).codePoints().count() == 1;
        } catch (CharacterCodingException _) {
            return false;
        }
    }

    @Test
    void sequenceLength_everyTwoBytes_agreesWithTheDecoder() {
        for (int lead = 0x80; lead < 0x100; lead++) {
            for (int second = 0; second < 0x100; second++) check(lead, second);
        }
    }

    @Test
    void sequenceLength_threeBytesAfterEachLeadAndSecond_agreesWithTheDecoder() {
        for (int lead = 0xE0; lead < 0x100; lead++) {
            for (int second = 0; second < 0x100; second++) {
                for (int third : EDGES) check(lead, second, third);
            }
        }
    }

    @Test
    void sequenceLength_fourBytesAfterEachLeadAndSecond_agreesWithTheDecoder() {
        for (int lead = 0xF0; lead < 0x100; lead++) {
            for (int second = 0; second < 0x100; second++) {
                for (int third : EDGES) check(lead, second, third, 0x80);
                for (int fourth : EDGES) check(lead, second, 0x80, fourth);
            }
        }
    }

    @Test
    void sequenceLength_everyCodePoint_isFound() {
        for (int codePoint = 0x80; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (Character.getType(codePoint) == Character.SURROGATE) continue;
            var bytes = Character.toString(codePoint).getBytes(UTF_8);
            assertEquals(bytes.length, Utf8.sequenceLength(bytes, 0));
        }
    }
}
