package io.trd4j.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A decision holds: within a process, and for the next one. */
class MeasuredChoicesTest {
    private static final Map<String, String> ABOUT = Map.of("device", "a GPU");

    @TempDir
    private Path folder;

    private MeasuredChoices fresh() {
        MeasuredChoices.forget();
        return new MeasuredChoices(folder.resolve("new"), ABOUT);
    }

    @Test
    void theFirstDecisionHoldsForTheNextProcess() {
        assertEquals(Map.of(), fresh().decided());
        assertEquals(Map.of("a", true, "b", false), fresh().decide(Map.of("a", true, "b", false)));
        assertEquals(Map.of("a", true, "b", false), fresh().decided());
        assertEquals(Map.of("a", true, "b", false, "c", true), fresh().decide(Map.of("a", false, "c", true)));
        assertEquals(Map.of("a", true, "b", false, "c", true), fresh().decided());
    }

    @Test
    void anotherDeviceDecidesForItself() {
        fresh().decide(Map.of("a", true));
        MeasuredChoices other = new MeasuredChoices(folder.resolve("new"), Map.of("device", "another"));
        assertEquals(Map.of(), other.decided());
        assertNotEquals(fresh().file(), other.file());
    }

    @Test
    void aDamagedFileIsWrittenAnew() throws IOException {
        MeasuredChoices choices = fresh();
        choices.decide(Map.of("a", true));
        for (String damage : new String[] {"", "{", "[1]", "{\"faster_than_libtrd\": 7}"}) {
            Files.writeString(choices.file(), damage);
            assertEquals(Map.of(), fresh().decided(), damage);
        }
        fresh().decide(Map.of("a", false));
        assertEquals(Map.of("a", false), fresh().decided());
        assertTrue(Files.readString(choices.file()).contains("a GPU"), "says what it is about");
    }

    @Test
    void withoutAFileItHoldsInThisProcess() throws IOException {
        Path blocked = Files.writeString(folder.resolve("file"), "not a folder");
        MeasuredChoices.forget();
        MeasuredChoices choices = new MeasuredChoices(blocked, ABOUT);
        assertEquals(Map.of("a", true), choices.decide(Map.of("a", true)));
        assertEquals(Map.of("a", true), new MeasuredChoices(blocked, ABOUT).decide(Map.of("a", false)));
    }
}
