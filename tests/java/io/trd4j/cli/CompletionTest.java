package io.trd4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that bash completes with, in bash. */
@DisabledOnOs(OS.WINDOWS)
class CompletionTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                folder.resolve("script"), Cli.here("completion").expect(0).out());
    }

    private String bash(String... words) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("err")));
        return Files.readString(out).strip();
    }

    /** Offered for the last of these words, by the function that bash calls for a command. */
    private String offered(String command) throws IOException, InterruptedException {
        return bash(
                "bash",
                "-c",
                "source ./script; COMP_WORDS=(" + command + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                        + "COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; compopt() { :; }; "
                        // As bash finds it: by the name behind the last slash.
                        + "name=$(complete -p \"${COMP_WORDS[0]##*/}\" | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
                        + "\"$name\" && echo \"${COMPREPLY[*]}\"");
    }

    @Test
    void bashReadsTheScript() throws Exception {
        assertEquals("", bash("bash", "-n", "script"));
    }

    @Test
    void verbsOptionsAndTheirWordsAreCompleted() throws Exception {
        for (String launcher : new String[] {"trd", "./trd", "/opt/trd4j/trd"}) {
            assertEquals("inspect", offered(launcher + " insp"));
            assertEquals("--model", offered(launcher + " inspect --mod"));
        }
        assertEquals("ng review", offered("trd inspect --fail-on ''"));
        assertEquals("cpu cuda", offered("trd bench --device c"));
        assertEquals("fp32 fp16", offered("trd bench --precision fp"), "as the help lists them");
        assertEquals("fp32", offered("trd train --train-precision fp"), "training knows no other");
        assertEquals("cookie cloth", offered("trd synth --shape c"));
        for (String verb : new String[] {"train", "bench", "import", "pretrain"}) {
            assertEquals("resnet18 resnet34 resnet50", offered("trd " + verb + " --backbone r"), verb);
        }
        assertEquals("pth onnx", offered("trd export --to ''"));
        Files.createFile(folder.resolve("part.png"));
        assertEquals("part.png", offered("trd inspect --rgb pa"));
    }

    /** A constant of an enum is in capitals, and no help names it. */
    @Test
    void wordsAreThoseOfTheHelp() throws IOException {
        List<String> candidates = Files.readAllLines(folder.resolve("script")).stream()
                .filter(line -> line.contains("_option_args=("))
                .toList();
        assertTrue(candidates.size() > 20);
        for (String line : candidates) {
            assertFalse(line.replaceFirst(".*\\(", "").matches(".*[A-Z].*"), line);
        }
    }
}
