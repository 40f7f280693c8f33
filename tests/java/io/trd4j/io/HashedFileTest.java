package io.trd4j.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read is what was hashed, whatever happens to the file meanwhile. */
class HashedFileTest {
    /** Three whole pieces and a beginning. */
    private static final int SIZE = 200_001;

    @TempDir
    private Path folder;

    private Path file;
    private final byte[] content = new byte[SIZE];

    @BeforeEach
    void write() throws IOException {
        new Random(5).nextBytes(content);
        file = Files.write(folder.resolve("file"), content);
    }

    private static byte[] read(HashedFile hashed, int from, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count + 2).position(1).limit(count + 1);
        hashed.read(from, target);
        assertEquals(count + 1, target.position());
        return Arrays.copyOfRange(target.array(), 1, count + 1);
    }

    @Test
    void readsEveryRangeAndKnowsTheChecksum() throws IOException {
        try (HashedFile hashed = HashedFile.open(file)) {
            assertEquals(Sha256.of(file), hashed.sha256());
            assertEquals(SIZE, hashed.size());
            for (int[] range : new int[][] {
                {0, SIZE}, {0, 0}, {SIZE, 0}, {65_535, 2}, {65_536, 65_536}, {131_071, 65_539}, {200_000, 1}
            }) {
                assertArrayEquals(
                        Arrays.copyOfRange(content, range[0], range[0] + range[1]), read(hashed, range[0], range[1]));
            }
            assertThrows(EOFException.class, () -> read(hashed, SIZE - 1, 2));
        }
        Path empty = Files.createFile(folder.resolve("empty"));
        try (HashedFile hashed = HashedFile.open(empty)) {
            assertEquals(Sha256.of(empty), hashed.sha256());
        }
        assertTrue(assertThrows(InputException.class, () -> HashedFile.open(folder))
                .getMessage()
                .contains("is a folder"));
    }

    /** A file that takes the place of this one is another one. */
    @Test
    void aReplacedFileIsNotRead() throws IOException {
        try (HashedFile hashed = HashedFile.open(file)) {
            Path other = Files.write(folder.resolve("other"), new byte[SIZE]);
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            assertArrayEquals(content, read(hashed, 0, SIZE));
        }
    }

    /** A piece that was verified is verified once, for all who read it a little at a time. */
    @Test
    void thePieceThatWasReadLastIsKept() throws IOException {
        try (HashedFile hashed = HashedFile.open(file);
                FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertArrayEquals(Arrays.copyOf(content, 8192), read(hashed, 0, 8192));
            writer.write(ByteBuffer.wrap(new byte[] {(byte) ~content[9000]}), 9000);
            assertArrayEquals(Arrays.copyOfRange(content, 8192, 65_536), read(hashed, 8192, 57_344), "it was kept");
            assertArrayEquals(Arrays.copyOfRange(content, 65_536, 65_537), read(hashed, 65_536, 1));
            assertThrows(InputException.class, () -> read(hashed, 8192, 1), "it was not kept for long");
        }
    }

    @Test
    void bytesWrittenIntoTheFileAreRefused() throws IOException {
        try (HashedFile hashed = HashedFile.open(file);
                FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writer.write(ByteBuffer.wrap(new byte[] {(byte) ~content[70_000]}), 70_000);
            assertArrayEquals(Arrays.copyOf(content, 65_536), read(hashed, 0, 65_536));
            // Also where only its neighbours were changed.
            for (int from : new int[] {70_000, 65_536, 131_071}) {
                InputException refused = assertThrows(InputException.class, () -> read(hashed, from, 1));
                assertTrue(refused.getMessage().startsWith(file + " was changed while"), refused.getMessage());
            }
            writer.truncate(140_000);
            assertThrows(InputException.class, () -> read(hashed, 199_000, 9));
        }
    }
}
