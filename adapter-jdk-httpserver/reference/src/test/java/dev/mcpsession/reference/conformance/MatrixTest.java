package dev.mcpsession.reference.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MatrixTest {

    private static final String BEGIN = "<!-- it, written by the command -->\n";
    private static final String END = "<!-- end of it -->\n";
    private static final MatrixClient CLIENT = Roster.all().getFirst();

    @Test
    void roster_clientThatFallsShort_hasAProof() {
        Roster.all().forEach(client -> assertTrue(!client.expected().isShort() || client.proof().isPresent(), client::toString));
    }

    @Test
    void roster_onceDeaf_areExpectedToHearNow() {
        Roster.ONCE_DEAF.forEach(client -> {
            assertEquals("3 of 3", client.expected().get(Column.HEARS), client::toString);
            assertEquals("3 of 3", client.expected().get(Column.HEARS_LATER), client::toString);
        });
    }

    @Test
    void differenceFrom_asExpected_isNone() {
        assertEquals(Optional.empty(), CLIENT.expected().differenceFrom(CLIENT.expected()));
    }

    @Test
    void differenceFrom_deafLater_namesTheColumn() {
        var deaf = CLIENT.expected().with(Column.HEARS_LATER, "0 of 3");

        assertEquals(Optional.of("after 400 heartbeats: expected \"3 of 3\" but was \"0 of 3\""), deaf.differenceFrom(CLIENT.expected()));
    }

    @Test
    void differenceFrom_twiceTheSame_isOne() {
        assertTrue(CLIENT.expected().with(Column.HEARS, "4 of 3").differenceFrom(CLIENT.expected()).isPresent());
    }

    @Test
    void differenceFrom_betterThanKnown_isOne() {
        assertTrue(CLIENT.expected().with(Column.AFTER_CUT, "resumes: 3 of 3").differenceFrom(CLIENT.expected()).isPresent());
    }

    @Test
    void differenceFrom_clientThatNeverConnected_isOne() {
        assertTrue(Outcome.UNSEEN.differenceFrom(CLIENT.expected()).isPresent());
    }

    @Test
    void rewriting_eventsOfNow_areThoseOfOld() {
        var now = ": connected\n\nid: 1\ndata:\n\nid: 2\nevent: message\ndata: {}\n\n: keep-alive\n";

        assertEquals(": connected\n\nid: 1\nretry: 1000\ndata:\n\nid: 2\ndata: {}\n\n: keep-alive\n\n", rewritten(now));
    }

    private static String rewritten(String text) {
        var old = new StringBuilder();
        text.lines().forEach(line -> old.append(OldBytes.all(line)));
        return old.toString();
    }

    @Test
    void writeInto_sameTable_leavesThePage(@TempDir Path directory) throws Exception {
        var page = Files.writeString(directory.resolve("page.md"), "before\n" + BEGIN + END + "after\n");
        var table = new Table("it", List.of("a", "b"));
        table.add(List.of("1", "2"), Optional.of("Because"));
        table.add(List.of("3", "4"), Optional.empty());

        assertTrue(table.writeInto(page));
        assertFalse(table.writeInto(page));

        assertEquals("before\n" + BEGIN + "| a | b |\n|---|---|\n| 1 (1) | 2 |\n| 3 | 4 |\n\n1. Because.\n" + END + "after\n",
                Files.readString(page));
    }

    @Test
    void writeInto_pageWithoutMarkers_isRefused(@TempDir Path directory) throws Exception {
        var page = Files.writeString(directory.resolve("page.md"), "nothing");

        assertThrows(IllegalArgumentException.class, () -> new Table("it", List.of("a")).writeInto(page));
    }
}
