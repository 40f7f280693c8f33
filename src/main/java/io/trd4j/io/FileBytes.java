package io.trd4j.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file that is open for reading at any position. Several threads may read at once. */
public interface FileBytes extends Closeable {
    /** Its name, for messages. */
    Path path();

    /** Bytes in the file. */
    long size() throws IOException;

    /**
     * Fills the buffer from its position to its limit with the file's bytes from {@code position} on.
     *
     * @throws java.io.EOFException when the file ends before
     */
    void read(long position, ByteBuffer target) throws IOException;
}
