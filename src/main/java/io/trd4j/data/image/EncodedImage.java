package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * The bytes of an image file, of which the container was checked before a decoder sees them. Decoders fill what a
 * truncated file lacks with grey, allocate what a header asks for and talk on standard error; so size, completeness and
 * checksums are verified here.
 */
public final class EncodedImage {
    private static final long MAX_FILE_BYTES = 1L << 30;
    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int PNG_HEADER_BYTES = 33;
    /** "Exif" and two zero bytes. */
    private static final long EXIF = 0x457869660000L;

    final Path file;
    final byte[] bytes;
    /** The structure of a TIFF; null for the other formats. */
    final TiffFile tiff;
    /** How what {@link #bytes} decode to must be turned, see {@link Orientation}. */
    final int orientation;

    private EncodedImage(Path file, byte[] bytes, TiffFile tiff, int orientation) {
        this.file = file;
        this.bytes = bytes;
        this.tiff = tiff;
        this.orientation = orientation;
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
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new InputException(file + " has more than 1 GiB; give one image of one part");
        }
        return Files.readAllBytes(file);
    }

    /**
     * Checks a file's content.
     *
     * @param file names it in messages
     * @throws InputException when it is no PNG, JPEG, TIFF or BMP, or is damaged, truncated or too large
     */
    public static EncodedImage check(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length >= 8 && in.getLong(0) == PNG_SIGNATURE) {
            return png(file, in);
        }
        if (bytes.length >= 3 && (in.getShort(0) & 0xFFFF) == 0xFFD8 && (bytes[2] & 0xFF) == 0xFF) {
            return new EncodedImage(file, bytes, null, jpeg(file, in));
        }
        if (TiffFile.isTiff(bytes)) {
            TiffFile tiff = TiffFile.parse(file, bytes);
            return new EncodedImage(file, tiff.upright(), tiff, tiff.pages.get(0).orientation);
        }
        if (bytes.length >= 2 && bytes[0] == 'B' && bytes[1] == 'M') {
            bmp(file, in.order(ByteOrder.LITTLE_ENDIAN));
            return new EncodedImage(file, bytes, null, Orientation.NONE);
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
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(PNG_HEADER_BYTES);
        }
    }

    /** Whether a file's samples may have 16 bits, told by its first bytes: those of a PNG with them, or of a TIFF. */
    static boolean startsWide(byte[] start) {
        return TiffFile.isTiff(start)
                || start.length == PNG_HEADER_BYTES
                        && ByteBuffer.wrap(start).getLong(0) == PNG_SIGNATURE
                        && start[24] == 16;
    }

    /** Whether its samples may have 16 bits: told without decoding. */
    boolean mayBeWide() {
        return tiff != null ? tiff.pages.get(0).bits > 8 : bytes[0] == (byte) 0x89 && bytes[24] == 16;
    }

    /** Whether it is a PNG of one channel of 16 bits, as depth cameras' images are stored. */
    boolean isGrey16Png() {
        return tiff == null && mayBeWide() && bytes[25] == 0;
    }

    /**
     * Verifies the chunks and their checksums. The bytes are a copy with only the chunks that define the pixels: colour
     * profiles, text and animation change nothing here but make libpng warn.
     */
    private static EncodedImage png(Path file, ByteBuffer in) {
        ByteBuffer out = ByteBuffer.allocate(in.capacity()).putLong(PNG_SIGNATURE);
        CRC32 crc = new CRC32();
        long rawBytes = 0;
        long dataBytes = 0;
        int orientation = Orientation.NONE;
        int position = 8;
        while (true) {
            if (position > in.capacity() - 12) {
                throw ImageChecks.damaged(file, "it ends before its last PNG chunk");
            }
            int length = in.getInt(position);
            int type = in.getInt(position + 4);
            if (length < 0 || length > in.capacity() - 12 - position) {
                throw ImageChecks.damaged(file, "it ends inside a PNG chunk");
            }
            crc.reset();
            crc.update(in.array(), position + 4, length + 4);
            if ((int) crc.getValue() != in.getInt(position + 8 + length)) {
                throw ImageChecks.damaged(file, "wrong checksum of a PNG chunk");
            }
            if ((position == 8) != (type == chunk("IHDR")) || (position == 8 && length != 13)) {
                throw ImageChecks.damaged(file, "no PNG header");
            }
            if (position == 8) {
                rawBytes = pngRawBytes(file, in);
            }
            if (type == chunk("IDAT")) {
                dataBytes += length;
            }
            if (type == chunk("IHDR") || type == chunk("PLTE") || type == chunk("IDAT") || type == chunk("IEND")) {
                out.put(in.array(), position, length + 12);
            }
            if (type == chunk("eXIf")) {
                orientation = Orientation.ofExif(in.slice(position + 8, length));
            }
            if (type == chunk("IEND")) {
                break;
            }
            position += length + 12;
        }
        if (dataBytes * ImageChecks.MAX_DEFLATE_RATIO < rawBytes) {
            throw ImageChecks.damaged(file, "too little image data for its size");
        }
        byte[] clean = new byte[out.position()];
        out.flip().get(clean);
        return new EncodedImage(file, clean, null, orientation);
    }

    private static long pngRawBytes(Path file, ByteBuffer in) {
        long width = in.getInt(16) & 0xFFFFFFFFL;
        long height = in.getInt(20) & 0xFFFFFFFFL;
        ImageChecks.checkSize(file, width, height, ImageChecks.MAX_PIXELS);
        int bits = in.get(24);
        int colour = in.get(25);
        boolean known = switch (colour) {
            case 0 -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
            case 3 -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
            case 2, 4, 6 -> bits == 8 || bits == 16;
            default -> false;
        };
        if (!known || in.get(26) != 0 || in.get(27) != 0 || in.get(28) < 0 || in.get(28) > 1) {
            throw ImageChecks.damaged(file, "impossible values in its PNG header");
        }
        int channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
        return (width * channels * bits + 7) / 8 * height;
    }

    private static int chunk(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }

    /**
     * Walks the segments up to the end marker: a truncated JPEG has none, and decoders then invent the rest in grey.
     *
     * @return the orientation of its EXIF block
     */
    private static int jpeg(Path file, ByteBuffer in) {
        boolean sized = false;
        int orientation = 0;
        int position = 2;
        while (true) {
            if (position > in.capacity() - 2) {
                throw ImageChecks.damaged(file, "it ends before the end of the JPEG image");
            }
            int marker = in.getShort(position) & 0xFFFF;
            if (marker == 0xFFFF) {
                position++; // fill byte
                continue;
            }
            if (marker <= 0xFF00) {
                throw ImageChecks.damaged(file, "no JPEG marker where one must be");
            }
            if (marker == 0xFFD9) {
                break;
            }
            position += 2;
            if (marker >= 0xFFD0 && marker <= 0xFFD7 || marker == 0xFF01) {
                continue;
            }
            int length = position > in.capacity() - 2 ? -1 : in.getShort(position) & 0xFFFF;
            if (length < 2 || length > in.capacity() - position) {
                throw ImageChecks.damaged(file, "it ends inside a JPEG segment");
            }
            boolean frame =
                    marker >= 0xFFC0 && marker <= 0xFFCF && marker != 0xFFC4 && marker != 0xFFC8 && marker != 0xFFCC;
            if (frame) {
                if (length < 8) {
                    throw ImageChecks.damaged(file, "a JPEG frame header is too short");
                }
                ImageChecks.checkSize(
                        file,
                        in.getShort(position + 5) & 0xFFFF,
                        in.getShort(position + 3) & 0xFFFF,
                        ImageChecks.MAX_PIXELS);
                sized = true;
            }
            // The first block counts: programs that edit images sometimes leave another one behind it.
            if (marker == 0xFFE1 && orientation == 0 && length >= 16 && in.getLong(position + 2) >>> 16 == EXIF) {
                orientation = Orientation.ofExif(in.slice(position + 8, length - 8));
            }
            position += length;
            if (marker == 0xFFDA) {
                position = endOfScan(in, position);
            }
        }
        if (!sized) {
            throw ImageChecks.damaged(file, "a JPEG without a frame");
        }
        return Orientation.of(orientation);
    }

    private static int endOfScan(ByteBuffer in, int start) {
        int position = start;
        while (position < in.capacity() - 1) {
            int next = in.get(position + 1) & 0xFF;
            if (in.get(position) == (byte) 0xFF && next != 0 && !(next >= 0xD0 && next <= 0xD7)) {
                return position;
            }
            position++;
        }
        return in.capacity();
    }

    private static void bmp(Path file, ByteBuffer in) {
        if (in.capacity() < 54) {
            throw ImageChecks.damaged(file, "it ends inside the BMP header");
        }
        long offset = in.getInt(10) & 0xFFFFFFFFL;
        int headerBytes = in.getInt(14);
        int bits = in.getShort(28);
        int compression = in.getInt(30);
        if (headerBytes < 40
                || compression != 0 && compression != 3
                || bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw new InputException(file + " is a BMP of an unusual kind (header of " + headerBytes + " bytes, " + bits
                    + " bits, compression " + compression + "); save it as PNG");
        }
        long width = in.getInt(18);
        long height = Math.abs((long) in.getInt(22));
        ImageChecks.checkSize(file, width, height, ImageChecks.MAX_PIXELS);
        if (offset + (width * bits + 31) / 32 * 4 * height > in.capacity()) {
            throw ImageChecks.damaged(file, "it ends before its last row");
        }
    }
}
