package io.trd4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a file under a temporary name beside its target and moves it into place when it is complete: a reader never
 * sees half a file, and a failed write leaves the old one as it was and nothing else.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes the content into the open channel, from position 0. */
    @FunctionalInterface
    public interface Writer {
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Creates or replaces {@code target}; missing parent folders are created.
     *
     * @throws InputException when the target is a folder or no regular file, or lies below a file
     * @throws IOException when the folder or the file cannot be written; the target is then unchanged
     */
    public static void write(Path target, Writer writer) throws IOException {
        try (FileSet one = new FileSet()) {
            one.add(target, writer);
            one.commit();
        }
    }

    public static void write(Path target, byte[] content) throws IOException {
        write(target, of(content));
    }

    public static void write(Path target, String text) throws IOException {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A writer of these bytes. */
    public static Writer of(byte[] content) {
        return channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        };
    }

    /**
     * Finds out, before hours of work and not after, that a file cannot be written. Changes nothing on the disk.
     *
     * @throws InputException when the target is a folder or no regular file, or its folder cannot be written or created
     */
    public static void requireFile(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        if (absolute.getFileName() == null || Files.isDirectory(absolute)) {
            throw new InputException(target + " is a folder; give the name of a file");
        }
        if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
            throw new InputException(target + " is not a regular file and cannot be replaced; choose another name");
        }
        requireFolder(absolute.getParent(), target);
    }

    /**
     * The same for a folder that files will be written into.
     *
     * @throws InputException when it is a file, or cannot be written or created
     */
    public static void requireFolder(Path folder) {
        requireFolder(folder.toAbsolutePath().normalize(), folder);
    }

    private static void requireFolder(Path absolute, Path shown) {
        Path existing = absolute;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new InputException(shown.toAbsolutePath().normalize().equals(existing)
                    ? shown + " is a file, not a folder; choose another folder"
                    : shown + " cannot be written: " + existing + " is a file, not a folder; choose another place");
        }
        if (!Files.isWritable(existing)) {
            throw new InputException(shown + " cannot be written: no permission to write into " + existing
                    + "; choose another place or change its permissions");
        }
    }
}
