package io.trd4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes a file under a temporary name beside its target and moves it into place when it is complete: a reader never
 * sees half a file, and a failed write leaves the old one as it was and nothing else.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /**
     * Creates or replaces {@code target}; missing parent folders are created.
     *
     * @throws InputException when the target is a folder or no regular file, or lies below a file
     * @throws IOException when the folder or the file cannot be written; the target is then unchanged
     */
    public static void write(Path target, FileContent content) throws IOException {
        try (FileSet one = new FileSet()) {
            one.add(target, content);
            one.commit();
        }
    }

    /** As {@link #write(Path, FileContent)}. */
    public static void write(Path target, byte[] content) throws IOException {
        write(target, of(content));
    }

    /** As {@link #write(Path, FileContent)}: the text in UTF-8. */
    public static void write(Path target, String text) throws IOException {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /** These bytes. */
    public static FileContent of(byte[] content) {
        return channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        };
    }
}
