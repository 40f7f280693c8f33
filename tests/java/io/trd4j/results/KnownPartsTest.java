package io.trd4j.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.inspect.Verdict;
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
        known.line(1, line("a", "\"verdict\":\"OK\","), true);
        known.line(2, line("b", "\"verdict\":\"OK\","), true);
        known.line(3, line("c", "\"verdict\":\"OK\","), true);
        assertNull(known.remove("a", "9", List.of("1", "2")), "another model");
        assertNull(known.remove("b", "0", List.of("1", "9")), "other points");
        assertNull(known.remove("d", "0", List.of("1", "2")));
        assertEquals(Verdict.OK, known.remove("c", "0", List.of("1", "2")));
        assertNull(known.remove("c", "0", List.of("1", "2")), "what comes later is another part");
    }

    @Test
    void itsLastLineSaysTheVerdict() {
        known.line(1, line("a", "\"verdict\":\"OK\","), true);
        known.line(2, line("a", "\"verdict\":\"NG\","), true);
        known.line(3, line("b", "\"verdict\":null,"), true);
        known.line(4, line("c", "\"verdict\":\"GOOD\","), true);
        known.line(5, line("d", ""), true);
        assertEquals(Verdict.NG, known.remove("a", "0", List.of("1", "2")));
        assertEquals(Verdict.NONE, known.remove("b", "0", List.of("1", "2")), "its model has no thresholds");
        assertNull(known.remove("c", "0", List.of("1", "2")), "no verdict of ours");
        assertNull(known.remove("d", "0", List.of("1", "2")));
    }

    /** It was not inspected; other options may allow it. */
    @Test
    void aPartThatWasRefusedLastIsNotKnown() {
        known.line(1, line("a", "\"verdict\":\"OK\","), true);
        known.line(2, line("a", "\"error\":\"why\","), true);
        known.line(3, "{\"id\":\"b\",\"error\":\"why\"}", true);
        assertNull(known.remove("a", "0", List.of("1", "2")));
        assertNull(known.remove("b", "", List.of()));
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
