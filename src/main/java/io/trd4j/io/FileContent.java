package io.trd4j.io;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** Writes a file's content into its open channel, from position 0. */
@FunctionalInterface
public interface FileContent {
    void write(FileChannel channel) throws IOException;
}
