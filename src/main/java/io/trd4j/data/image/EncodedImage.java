package io.trd4j.data.image;

import io.trd4j.io.InputException;
import io.trd4j.io.Readable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of an image file, of which the container was checked before a decoder sees them. Decoders fill what a
 * truncated file lacks with grey, allocate what a header asks for and talk on standard error; so size, completeness and
 * checksums are verified here.
 */
public final class EncodedImage {
    private static final long MAX_FILE_BYTES = 1L << 30;
    private static final int PNG_HEADER_BYTES = 33;
    /** Of a BMP, the header of version 5. */
    private static final int MAX_BMP_HEADER_BYTES = 124;

    private static final int BMP_START_BYTES = 14;
    private static final int BMP_MASK_BYTES = 16;

    final Path file;
    final byte[] bytes;
    /** The structure of a TIFF; null for the other formats. */
    final TiffFile tiff;
    /** How what {@link #bytes} decode to must be turned, see {@link Orientation}. */
    final int orientation;

    private final long width;
    private final long height;

    private EncodedImage(Path file, CleanImage clean, TiffFile tiff) {
        this.file = file;
        this.bytes = clean.bytes();
        this.tiff = tiff;
        this.orientation = clean.orientation();
        this.width = clean.width();
        this.height = clean.height();
    }

    /** A file's content, checked. */
    public static EncodedImage read(Path file) throws IOException {
        return check(file, bytes(file));
    }

    /** A file's content, when there is one of a sensible size. */
    public static byte[] bytes(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new InputException(file + " does not exist; check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + " is not a file; give an image");
        }
        if (Readable.size(file) > MAX_FILE_BYTES) {
            throw new InputException(file + " has more than 1 GiB; give one image of one part");
        }
        return Readable.bytes(file);
    }

    /**
     * Checks a file's content.
     *
     * @param file names it in messages
     * @param bytes belong to the image from here on, and may be changed
     * @throws InputException when it is no PNG, JPEG, TIFF or BMP, or is damaged, truncated or too large
     */
    public static EncodedImage check(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length >= 8 && in.getLong(0) == PngFile.SIGNATURE) {
            return new EncodedImage(file, PngFile.clean(file, in), null);
        }
        if (JpegFile.starts(bytes)) {
            return new EncodedImage(file, JpegFile.clean(file, bytes), null);
        }
        if (TiffFile.isTiff(bytes)) {
            TiffFile tiff = TiffFile.parse(file, bytes);
            TiffPage page = tiff.pages.get(0);
            return new EncodedImage(file, new CleanImage(bytes, page.orientation, page.width, page.height), tiff);
        }
        if (bytes.length >= 2 && bytes[0] == 'B' && bytes[1] == 'M') {
            return new EncodedImage(file, bmp(file, in.order(ByteOrder.LITTLE_ENDIAN)), null);
        }
        FileKind kind = FileKind.of(bytes);
        if (kind == FileKind.GIT_LFS) {
            throw pointer(file);
        }
        throw new InputException(file
                + (bytes.length == 0
                        ? " is empty"
                        : (kind == null ? "" : " is " + kind.title() + ",")
                                + (kind == null ? " is not" : " not")
                                + " a PNG, JPEG, TIFF or BMP image")
                + "; give an image in one of these formats");
    }

    /** For the text that stands in a repository in place of a large file. */
    static InputException pointer(Path file) {
        return new InputException(file + " is a Git LFS pointer, not the file itself; fetch it with git lfs pull");
    }

    /** The first bytes of a file, as far as a PNG's header reaches. */
    static byte[] start(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return new byte[0];
        }
        try (InputStream in = Readable.stream(file)) {
            return in.readNBytes(PNG_HEADER_BYTES);
        }
    }

    /** Whether a file's samples may have 16 bits, told by its first bytes: those of a PNG with them, or of a TIFF. */
    static boolean startsWide(byte[] start) {
        return TiffFile.isTiff(start)
                || start.length == PNG_HEADER_BYTES
                        && ByteBuffer.wrap(start).getLong(0) == PngFile.SIGNATURE
                        && start[24] == 16;
    }

    /** Whether its samples may have 16 bits: told without decoding. */
    boolean mayBeWide() {
        return tiff != null ? tiff.pages.get(0).bits > 8 : isPng() && bytes[24] == 16;
    }

    boolean isJpeg() {
        return JpegFile.starts(bytes);
    }

    /** Whether it may have a fourth channel: told without decoding. */
    boolean mayHaveAlpha() {
        if (tiff != null) {
            return tiff.pages.get(0).samples > 3;
        }
        return isPng() ? bytes[25] == 4 || bytes[25] == 6 : !isJpeg() && bytes[28] == 32;
    }

    private boolean isPng() {
        return bytes[0] == (byte) 0x89;
    }

    /**
     * Checks that it can be decoded here.
     *
     * @param pixelBytes of what is made of a pixel, on the Java heap
     * @throws InputException when there is not so much memory
     */
    void requireMemory(int pixelBytes) {
        long pixels = width * height;
        // Encoded and decoded in native memory; OpenCV makes 3 channels of a palette, and drops a fourth.
        long decoded = pixels * (mayHaveAlpha() ? 4 : 3) * (mayBeWide() ? 2 : 1);
        ImageChecks.requireMemory(file, width, height, pixels * pixelBytes, bytes.length + decoded);
    }

    /** Whether it is a PNG of one channel of 16 bits, as depth cameras' images are stored. */
    boolean isGrey16Png() {
        return tiff == null && mayBeWide() && bytes[25] == 0;
    }

    private static CleanImage bmp(Path file, ByteBuffer in) {
        if (in.capacity() < 54) {
            throw ImageChecks.damaged(file, "it ends inside the BMP header");
        }
        long offset = in.getInt(10) & 0xFFFFFFFFL;
        int headerBytes = in.getInt(14);
        int bits = in.getShort(28);
        int compression = in.getInt(30);
        if (headerBytes < 40
                || headerBytes > MAX_BMP_HEADER_BYTES
                || compression != 0 && compression != 3
                || bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw new InputException(file + " is a BMP of an unusual kind (header of " + headerBytes + " bytes, " + bits
                    + " bits, compression " + compression + "); save it as PNG");
        }
        long width = in.getInt(18);
        long height = Math.abs((long) in.getInt(22));
        ImageChecks.checkImage(file, width, height);
        long colours = in.getInt(46);
        if (colours < 0 || colours > 256) {
            throw ImageChecks.damaged(file, "impossible palette");
        }
        // Behind the header stand the palette, or the masks of the channels.
        long palette = bits > 8 ? 0 : 4 * (colours == 0 ? 1L << bits : colours);
        long before = BMP_START_BYTES + headerBytes + (compression == 3 ? BMP_MASK_BYTES : palette);
        if (before > in.capacity() || offset + (width * bits + 31) / 32 * 4 * height > in.capacity()) {
            throw ImageChecks.damaged(file, "it ends before its last row");
        }
        return new CleanImage(in.array(), Orientation.NONE, width, height);
    }
}
