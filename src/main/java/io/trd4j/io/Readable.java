package io.trd4j.io;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Opens the user's files. Exceptions are those of {@link Files}, with the file and what to do in their message: the
 * system's own is often the file's name alone.
 */
public final class Readable {
    private Readable() {}

    /** Opens a file, or asks about one. */
    @FunctionalInterface
    interface Access<T> {
        T on(Path file) throws IOException;
    }

    /** @throws IOException as {@link Files#newInputStream}, in words */
    public static InputStream stream(Path file) throws IOException {
        return told(file, Files::newInputStream);
    }

    /** @throws IOException as {@link FileChannel#open}, in words */
    public static FileChannel channel(Path file) throws IOException {
        return told(file, path -> FileChannel.open(path, StandardOpenOption.READ));
    }

    /** @throws IOException as {@link Files#readAllBytes}, in words */
    public static byte[] bytes(Path file) throws IOException {
        return told(file, Files::readAllBytes);
    }

    /** UTF-8, and nothing else. @throws IOException as {@link Files#newBufferedReader(Path)}, in words */
    public static BufferedReader text(Path file) throws IOException {
        return told(file, Files::newBufferedReader);
    }

    /** Bytes. @throws IOException as {@link Files#size}, in words */
    public static long size(Path file) throws IOException {
        return told(file, Files::size);
    }

    /** @throws IOException what the access throws, in words */
    static <T> T told(Path file, Access<T> access) throws IOException {
        try {
            return access.on(file);
        } catch (NoSuchFileException e) {
            throw inWords(new NoSuchFileException(e.getFile(), e.getOtherFile(), FileFault.MISSING), e);
        } catch (AccessDeniedException e) {
            throw inWords(new AccessDeniedException(e.getFile(), e.getOtherFile(), FileFault.DENIED), e);
        }
    }

    private static FileSystemException inWords(FileSystemException told, FileSystemException cause) {
        told.initCause(cause);
        return told;
    }
}
