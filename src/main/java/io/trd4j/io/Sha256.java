package io.trd4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of bytes that come in pieces, as 64 hexadecimal digits. Used by one thread. */
public final class Sha256 {
    /** Of a checksum. */
    public static final int BYTES = 32;

    private static final int PIECE_BYTES = 1 << 20;

    private final MessageDigest digest;

    /** Of nothing yet. */
    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Of a file's bytes; a file of any size takes 1 MiB of memory.
     *
     * @throws IOException when it cannot be read
     */
    public static String of(Path file) throws IOException {
        Sha256 sha256 = new Sha256();
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        try (FileChannel channel = Readable.channel(file)) {
            while (channel.read(piece) >= 0) {
                sha256.add(piece.flip());
                piece.clear();
            }
        }
        return sha256.hex();
    }

    /** Adds these bytes. */
    public Sha256 add(byte... bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds what remains in the buffer, and consumes it. */
    public Sha256 add(ByteBuffer bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds the text in UTF-8. */
    public Sha256 add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds the 32 bytes that another checksum's 64 hexadecimal digits stand for. */
    public Sha256 addHex(String checksum) {
        return add(HexFormat.of().parseHex(checksum));
    }

    /** The checksum of all that was added. This object then begins anew. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    /** As {@link #hex}: the 32 bytes. */
    public byte[] bytes() {
        return digest.digest();
    }
}
