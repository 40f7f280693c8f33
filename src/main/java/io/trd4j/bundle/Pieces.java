package io.trd4j.bundle;

import io.trd4j.io.AtomicFile;
import io.trd4j.io.FileSet;
import io.trd4j.io.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An archive in pieces that a narrow way can carry, the list of their checksums, and the script that puts them
 * together.
 */
final class Pieces {
    static final String CHECKSUMS = "SHA256SUMS";
    private static final int BUFFER_BYTES = 1 << 20;

    private Pieces() {}

    /**
     * Writes {@code folder/name.00}, {@code .01} …, {@code SHA256SUMS} in the format of sha256sum, and the script. They
     * appear together or not at all.
     *
     * @param pieceBytes of every piece but the last
     * @return the pieces, in order
     */
    static List<Path> write(Path archive, String name, Path folder, long pieceBytes, byte[] script, String scriptName)
            throws IOException {
        List<Path> pieces = new ArrayList<>();
        StringBuilder sums = new StringBuilder();
        try (FileChannel in = FileChannel.open(archive);
                FileSet files = new FileSet()) {
            long count = Math.max(1, (in.size() + pieceBytes - 1) / pieceBytes);
            int digits = Math.max(2, Long.toString(count - 1).length());
            for (long i = 0; i < count; i++) {
                Path piece = folder.resolve(
                        name + "." + "0".repeat(digits - Long.toString(i).length()) + i);
                Sha256 sha256 = new Sha256();
                long from = i * pieceBytes;
                long to = Math.min(in.size(), from + pieceBytes);
                files.add(piece, out -> copy(in, from, to, out, sha256));
                sums.append(sha256.hex())
                        .append("  ")
                        .append(piece.getFileName())
                        .append('\n');
                pieces.add(piece);
            }
            files.add(folder.resolve(CHECKSUMS), AtomicFile.of(sums.toString().getBytes(StandardCharsets.UTF_8)));
            files.add(folder.resolve(scriptName), AtomicFile.of(script));
            files.commit();
        }
        return pieces;
    }

    private static void copy(FileChannel in, long from, long to, FileChannel out, Sha256 sha256) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (long at = from; at < to; ) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, to - at));
            int count = in.read(buffer, at);
            if (count < 0) {
                throw new IOException("the archive became shorter while it was read");
            }
            at += count;
            buffer.flip();
            sha256.add(buffer.duplicate());
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }
}
