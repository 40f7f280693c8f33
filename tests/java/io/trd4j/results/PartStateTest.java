package io.trd4j.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.trd4j.data.dataset.PartFiles;
import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checksum is that of what was inspected. */
class PartStateTest {
    @TempDir
    private Path folder;

    private Path rgb;
    private Path xyz;
    private PartState state;

    @BeforeEach
    void read() throws IOException {
        rgb = Files.writeString(folder.resolve("a.png"), "colours");
        xyz = Files.writeString(folder.resolve("a.tiff"), "points");
        state = PartState.of(PartFiles.of(rgb, xyz));
    }

    private void assertChanged(Path file) {
        InputException refused = assertThrows(InputException.class, state::checksums);
        assertEquals(
                file + " was changed while part a was inspected; wait until nobody writes it, then inspect it again",
                refused.getMessage());
    }

    @Test
    void filesThatStayHaveChecksums() throws IOException {
        assertEquals(List.of(Sha256.of(rgb), Sha256.of(xyz)), state.checksums());
        assertEquals(
                List.of(Sha256.of(xyz)), PartState.of(PartFiles.of(null, xyz)).checksums());
        Files.createLink(folder.resolve("b.tiff"), xyz);
        assertEquals(List.of(Sha256.of(rgb), Sha256.of(xyz)), state.checksums(), "another name is no other content");
    }

    @Test
    void aFileThatGrewIsRefused() throws IOException {
        Files.writeString(rgb, "more colours");
        assertChanged(rgb);
    }

    @Test
    void aFileThatWasWrittenAgainIsRefused() throws IOException {
        Files.writeString(xyz, "POINTS");
        Files.setLastModifiedTime(xyz, FileTime.fromMillis(1_000_000));
        assertChanged(xyz);
    }

    @Test
    void aFileThatTookItsPlaceIsRefused() throws IOException {
        FileTime time = Files.getLastModifiedTime(xyz);
        Path other = Files.writeString(folder.resolve("other"), "POINTS");
        Files.setLastModifiedTime(other, time);
        Files.move(other, xyz, StandardCopyOption.REPLACE_EXISTING);
        assertChanged(xyz);
    }
}
