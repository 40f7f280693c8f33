package io.trd4j.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Splitting, and what the script {@code src/main/bundle/assemble.sh} makes of the pieces. */
class PiecesTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("trd.fixtures")).resolve("../../src/main/bundle/assemble.sh");
    private static final int PIECE_BYTES = 1000;

    private record Outcome(int code, String text) {}

    @TempDir
    private Path folder;

    private Path pieces;
    private Path host;
    private final byte[] payload = new byte[3500];

    @BeforeEach
    void packASmallPayload() throws IOException {
        Needs.that(Tool.find("xz").isPresent() && Tool.find("sha256sum").isPresent(), "xz and sha256sum");
        new Random(1).nextBytes(payload);
        Path content = Files.createDirectories(folder.resolve("work/trd4j-gpu"));
        Files.write(content.resolve("payload"), payload);
        Files.createSymbolicLink(content.resolve("link"), Path.of("payload"));
        Path archive = folder.resolve("work/a.tar.xz");
        Tool.run(folder.resolve("work"), List.of("bash", "-c", "tar -cf - trd4j-gpu | xz >a.tar.xz"));
        pieces = folder.resolve("pie ces");
        host = Files.createDirectory(folder.resolve("ho st"));
        List<Path> written = Pieces.write(
                archive, "trd4j-gpu.tar.xz", pieces, PIECE_BYTES, Files.readAllBytes(SCRIPT), "assemble.sh");
        long size = Files.size(archive);
        assertEquals((size + PIECE_BYTES - 1) / PIECE_BYTES, written.size());
        for (int i = 0; i < written.size(); i++) {
            assertEquals("trd4j-gpu.tar.xz.0" + i, written.get(i).getFileName().toString());
            assertEquals(i < written.size() - 1 ? PIECE_BYTES : size - PIECE_BYTES * i, Files.size(written.get(i)));
        }
    }

    private Outcome assemble(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("sh", pieces.resolve("assemble.sh").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(host.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(5, TimeUnit.MINUTES));
        return new Outcome(process.exitValue(), text);
    }

    private void refused(String why, String... arguments) throws Exception {
        Outcome outcome = assemble(arguments);
        assertEquals(2, outcome.code, outcome.text);
        assertTrue(
                outcome.text.startsWith("assemble.sh: ")
                        && outcome.text.contains(why)
                        && outcome.text.lines().count() == 1,
                outcome.text);
        try (var left = Files.list(host)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void assemblesAndVerifies() throws Exception {
        Outcome outcome = assemble("in side");
        assertEquals(new Outcome(0, "unpacked in side/trd4j-gpu; next: in side/trd4j-gpu/run.sh doctor\n"), outcome);
        assertArrayEquals(payload, Files.readAllBytes(host.resolve("in side/trd4j-gpu/payload")));
        assertEquals(Path.of("payload"), Files.readSymbolicLink(host.resolve("in side/trd4j-gpu/link")));
        try (var all = Files.list(host.resolve("in side"))) {
            assertEquals(1, all.count(), "nothing else is left");
        }
        outcome = assemble("in side");
        assertEquals(2, outcome.code);
        assertTrue(outcome.text.contains("exists; remove it or name another folder"), outcome.text);
    }

    @Test
    void aDamagedPieceIsNamed() throws Exception {
        Path piece = pieces.resolve("trd4j-gpu.tar.xz.01");
        byte[] bytes = Files.readAllBytes(piece);
        bytes[500] ^= 1;
        Files.write(piece, bytes);
        refused("damaged: trd4j-gpu.tar.xz.01;");
        Files.delete(piece);
        refused("trd4j-gpu.tar.xz.01 is missing");
    }

    @Test
    void theListOfChecksumsIsNeeded() throws Exception {
        Files.writeString(pieces.resolve("SHA256SUMS"), "");
        refused("SHA256SUMS is empty");
        Files.delete(pieces.resolve("SHA256SUMS"));
        refused("there is no SHA256SUMS");
        refused("one folder at most", "a", "b");
    }

    @Test
    void anArchiveThatFitsIsOnePiece() throws IOException {
        Path archive = Files.write(folder.resolve("small"), new byte[PIECE_BYTES]);
        assertEquals(
                1,
                Pieces.write(archive, "x", folder.resolve("one"), PIECE_BYTES, new byte[0], "s")
                        .size());
        Files.write(archive, new byte[PIECE_BYTES + 1]);
        assertEquals(
                2,
                Pieces.write(archive, "x", folder.resolve("two"), PIECE_BYTES, new byte[0], "s")
                        .size());
        Files.write(archive, new byte[101]);
        List<Path> many = Pieces.write(archive, "x", folder.resolve("many"), 1, new byte[0], "s");
        assertEquals("x.100", many.get(100).getFileName().toString());
        assertEquals("x.000", many.get(0).getFileName().toString());
        assertFalse(Files.exists(folder.resolve("many/x.101")));
    }
}
