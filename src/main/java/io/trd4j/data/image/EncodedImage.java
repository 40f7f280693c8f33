package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.io.IOException;
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

    final Path file;
    final byte[] bytes;
    /** The structure of a TIFF; null for the other formats. */
    final TiffFile tiff;

    private EncodedImage(Path file, byte[] bytes, TiffFile tiff) {
        this.file = file;
        this.bytes = bytes;
        this.tiff = tiff;
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
            return new EncodedImage(file, png(file, in), null);
        }
        if (bytes.length >= 3 && (in.getShort(0) & 0xFFFF) == 0xFFD8 && (bytes[2] & 0xFF) == 0xFF) {
            jpeg(file, in);
            return new EncodedImage(file, bytes, null);
        }
        if (TiffFile.isTiff(bytes)) {
            return new EncodedImage(file, bytes, TiffFile.parse(file, bytes));
        }
        if (bytes.length >= 2 && bytes[0] == 'B' && bytes[1] == 'M') {
            bmp(file, in.order(ByteOrder.LITTLE_ENDIAN));
            return new EncodedImage(file, bytes, null);
        }
        throw new InputException(file + (bytes.length == 0 ? " is empty" : " is not a PNG, JPEG, TIFF or BMP image")
                + "; give an image in one of these formats");
    }

    /**
     * Verifies the chunks and their checksums. Returns a copy with only the chunks that define the pixels: colour
     * profiles, text and animation change nothing here but make libpng warn.
     */
    private static byte[] png(Path file, ByteBuffer in) {
        ByteBuffer out = ByteBuffer.allocate(in.capacity()).putLong(PNG_SIGNATURE);
        CRC32 crc = new CRC32();
        long rawBytes = 0;
        long dataBytes = 0;
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
        return clean;
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
     */
    private static void jpeg(Path file, ByteBuffer in) {
        boolean sized = false;
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
            position += length;
            if (marker == 0xFFDA) {
                position = endOfScan(in, position);
            }
        }
        if (!sized) {
            throw ImageChecks.damaged(file, "a JPEG without a frame");
        }
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
