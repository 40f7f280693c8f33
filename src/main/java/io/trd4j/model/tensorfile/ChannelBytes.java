package io.trd4j.model.tensorfile;

import io.trd4j.io.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file as its open channel gives it.
 *
 * @param path for messages
 * @param channel closed with this
 */
record ChannelBytes(Path path, FileChannel channel) implements FileBytes {
    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        ChannelIo.read(channel, position, target);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
