package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.io.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownPartsTest {
    private final KnownParts known = new KnownParts("lines.jsonl");

    private static String line(String id, String rest) {
        return "{\"id\":\"" + id + "\"," + rest + "\"model\":{\"file\":\"m\",\"sha256\":\"0\"},\"inputs\":{\"rgb\":"
                + "{\"file\":\"a.png\",\"sha256\":\"1\"},\"xyz\":{\"file\":\"a.tiff\",\"sha256\":\"2\"}}}";
    }

    @Test
    void aPartIsKnownOnceByItsModelAndFiles() {
        known.line(1, line("a", "\"score\":1.5,"), true);
        known.line(2, line("b", "\"score\":1.5,"), true);
        known.line(3, line("c", "\"score\":1.5,"), true);
        assertFalse(known.remove("a", "9", List.of("1", "2")), "another model");
        assertFalse(known.remove("b", "0", List.of("1", "9")), "other points");
        assertFalse(known.remove("d", "0", List.of("1", "2")));
        assertTrue(known.remove("c", "0", List.of("1", "2")));
        assertFalse(known.remove("c", "0", List.of("1", "2")), "what comes later is another part");
    }

    /** It was not inspected; other options may allow it. */
    @Test
    void aPartThatWasRefusedLastIsNotKnown() {
        known.line(1, line("a", "\"score\":1.5,"), true);
        known.line(2, line("a", "\"error\":\"why\","), true);
        known.line(3, "{\"id\":\"b\",\"error\":\"why\"}", true);
        assertFalse(known.remove("a", "0", List.of("1", "2")));
        assertFalse(known.remove("b", "", List.of()));
    }

    @Test
    void otherFilesAreRefused() {
        known.line(1, "{\"id\":\"a\",\"sco", false);
        for (String other : List.of("", "id,score", "[]", "{}", "{\"id\":1}", "{\"id\":\"a\"")) {
            InputException refused = assertThrows(InputException.class, () -> known.line(7, other, true), other);
            assertEquals(
                    "lines.jsonl, line 7 is no line of trd inspect --json; give another --json", refused.getMessage());
        }
        // A last line without its end is removed: only one that a run of ours may have left.
        known.line(7, "{\"i", false);
        for (String other : List.of("text", "{\"fx\":600,\"fy\":600}", "{\"identity\":1}")) {
            assertThrows(InputException.class, () -> known.line(7, other, false), other);
        }
    }
}
