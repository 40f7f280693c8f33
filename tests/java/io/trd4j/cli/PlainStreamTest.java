package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of files on a terminal. */
class PlainStreamTest {
    @TempDir
    private Path folder;

    @Test
    void namesDoNotReachTheTerminalAsCommands() throws Exception {
        Cli.Outcome outcome = Cli.in(folder)
                .run("synth", "--out", "é\u001b]0;x\u0007", "--train", 1, "--validation", 1, "--size", 32)
                .expect(0);
        assertTrue(outcome.out().contains("é?]0;x?"), outcome.out());
        assertFalse(outcome.out().contains("\u001b"), outcome.out());
        Cli.Outcome refused = Cli.in(folder)
                .run("threshold", "--model", "\u001b[31m", "--show")
                .expect(2);
        assertEquals("trd: ?[31m does not exist; check the path\n", refused.err());
    }
}
