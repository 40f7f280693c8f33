package io.trd4j.audit;

import io.trd4j.io.InputException;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How lines follow each other: each begins with the SHA-256 of the line before, without its line feed. It stands first,
 * so that a line of which only the beginning reached the disk still has it.
 */
final class AuditChain {
    /** No line is longer, without its line feed; files of longer ones are none of ours. */
    static final int MAX_LINE = 1 << 20;

    private static final String START = "{\"previous\":";

    private AuditChain() {}

    /**
     * The end of a record.
     *
     * @param last SHA-256 of its last line; null = it has none
     * @param cutOff whether this line has no line feed: its writer was killed, or the disk was full
     */
    record Tail(String last, boolean cutOff) {
        static final Tail NONE = new Tail(null, false);
    }

    /** The beginning of the line that follows one, up to the comma behind it. */
    static String start(String previous) {
        return START + (previous == null ? "null" : "\"" + previous + "\"") + ",";
    }

    static String hash(byte[] line) {
        return new Sha256().add(line).hex();
    }

    /**
     * Reads the end of a file.
     *
     * @param file for messages
     * @param channel of the file
     * @throws InputException when it is no audit record
     */
    static Tail tail(Path file, SeekableByteChannel channel) throws IOException {
        long size = channel.size();
        if (size == 0) {
            return Tail.NONE;
        }
        String first = new String(read(channel, 0, START.length()), StandardCharsets.ISO_8859_1);
        // The line feeds before and behind the longest line too.
        long from = Math.max(0, size - MAX_LINE - 2);
        byte[] end = read(channel, from, MAX_LINE + 2);
        boolean cutOff = end[end.length - 1] != '\n';
        int until = cutOff ? end.length : end.length - 1;
        int begin = until;
        while (begin > 0 && end[begin - 1] != '\n') {
            begin--;
        }
        if (!START.startsWith(first) || until - begin > MAX_LINE) {
            throw new InputException(
                    file + " is no audit record of trd4j, and nothing was added to it; choose another name");
        }
        return new Tail(hash(Arrays.copyOfRange(end, begin, until)), cutOff);
    }

    /** Up to so many bytes. */
    private static byte[] read(SeekableByteChannel channel, long from, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, channel.size() - from));
        channel.position(from);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                break;
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
