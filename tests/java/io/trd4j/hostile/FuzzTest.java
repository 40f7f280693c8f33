package io.trd4j.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Coverage-guided fuzzing in its short form, and what its long one found: see {@link FuzzTarget}. */
class FuzzTest {
    private static final int INPUTS = 15_000;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> committedFilesEndWell() throws IOException {
        return Readers.all().stream()
                .map(reader -> DynamicTest.dynamicTest(reader.name(), () -> {
                    Oracle oracle = new Oracle(reader, folder);
                    for (byte[] file : FuzzTarget.committed(reader)) {
                        assertNull(oracle.fault(FuzzTarget.given(reader, file)));
                    }
                }));
    }

    /** Every folder of files has its reader. */
    @Test
    void noCommittedFileIsLeftOut() throws IOException {
        List<String> names = Readers.all().stream().map(HostileReader::name).toList();
        try (Stream<Path> list = Files.list(Path.of(System.getProperty("trd.fixtures"), "fuzz"))) {
            assertEquals(
                    List.of(),
                    list.filter(Files::isDirectory)
                            .map(path -> path.getFileName().toString())
                            .filter(name -> !names.contains(name) && !name.equals("libtrd"))
                            .toList());
        }
    }

    @Test
    void inputsThatReachNewBranchesEndWell() throws Exception {
        Path said = folder.resolve("said");
        Process fuzzing = new ProcessBuilder("bash", "tests/fuzz.sh", Integer.toString(INPUTS))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertEquals(0, fuzzing.waitFor(), () -> said + ": " + text(said));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
