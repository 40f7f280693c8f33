package io.trd4j.data.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The chunks of a PNG, checked to the last compressed byte before libpng sees them: it writes what it finds wrong on
 * standard error, and nothing turns that off.
 */
final class PngFile {
    static final long SIGNATURE = 0x89504E470D0A1A0AL;

    private static final int HEADER = chunk("IHDR");
    private static final int PALETTE = chunk("PLTE");
    private static final int DATA = chunk("IDAT");
    private static final int EXIF = chunk("eXIf");
    private static final int END = chunk("IEND");
    private static final int HEADER_BYTES = 13;
    /** Length, type and checksum of a chunk. */
    private static final int FRAME_BYTES = 12;

    private static final int HIGHEST_FILTER = 4;
    private static final int BUFFER_BYTES = 1 << 16;
    /** Of an interlaced image's seven passes: first column and row, distances of columns and rows. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int MAX_PALETTE_BYTES = 3 << 8;

    private record Chunk(byte[] bytes, int at, int length) {}

    private final Path file;
    private final ByteBuffer in;
    private final List<Chunk> data = new ArrayList<>();
    private Chunk palette;
    private int orientation = Orientation.NONE;
    private long width;
    private long height;
    private int pixelBits;
    private boolean interlaced;

    private PngFile(Path file, ByteBuffer in) {
        this.file = file;
        this.in = in;
    }

    /**
     * Checks a PNG.
     *
     * @return it anew with the chunks that define the pixels alone, its image data in one: colour profiles, text and
     *     animation change nothing here, nor do image data behind the last row and colours that no pixel can name
     */
    static CleanImage clean(Path file, ByteBuffer in) {
        PngFile png = new PngFile(file, in);
        png.chunks();
        return new CleanImage(png.written(png.inflated()), png.orientation, png.width, png.height);
    }

    private void chunks() {
        CRC32 crc = new CRC32();
        long dataBytes = 0;
        int position = 8;
        int type = 0;
        while (type != END) {
            if (position > in.capacity() - FRAME_BYTES) {
                throw ImageChecks.damaged(file, "it ends before its last PNG chunk");
            }
            int length = in.getInt(position);
            type = in.getInt(position + 4);
            if (length < 0 || length > in.capacity() - FRAME_BYTES - position) {
                throw ImageChecks.damaged(file, "it ends inside a PNG chunk");
            }
            crc.reset();
            crc.update(in.array(), position + 4, length + 4);
            if ((int) crc.getValue() != in.getInt(position + 8 + length)) {
                throw ImageChecks.damaged(file, "wrong checksum of a PNG chunk");
            }
            if ((position == 8) != (type == HEADER) || position == 8 && length != HEADER_BYTES) {
                throw ImageChecks.damaged(file, "no PNG header");
            }
            Chunk chunk = new Chunk(in.array(), position + 8, length);
            if (type == HEADER) {
                header();
            } else if (type == DATA) {
                dataBytes += length;
                if (length > 0) {
                    data.add(chunk);
                }
            } else if (type == PALETTE && in.get(25) == 3) {
                palette(chunk);
            } else if (type == EXIF) {
                orientation = Orientation.ofExif(in.slice(chunk.at, length));
            }
            position += length + FRAME_BYTES;
        }
        if (dataBytes * ImageChecks.MAX_DEFLATE_RATIO < rowBytes(width) * height) {
            throw ImageChecks.damaged(file, "too little image data for its size");
        }
        if (in.get(25) == 3 && palette == null) {
            throw ImageChecks.damaged(file, "no palette");
        }
    }

    private void header() {
        width = in.getInt(16) & 0xFFFFFFFFL;
        height = in.getInt(20) & 0xFFFFFFFFL;
        ImageChecks.checkImage(file, width, height);
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
        pixelBits = bits * (colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1);
        interlaced = in.get(28) == 1;
    }

    private void palette(Chunk chunk) {
        boolean sound = palette == null && data.isEmpty() && chunk.length > 0 && chunk.length % 3 == 0;
        if (!sound || chunk.length > MAX_PALETTE_BYTES) {
            throw ImageChecks.damaged(file, "impossible palette");
        }
        palette = new Chunk(chunk.bytes, chunk.at, Math.min(chunk.length, paletteBytes()));
    }

    private int paletteBytes() {
        return 3 << pixelBits;
    }

    private long rowBytes(long pixels) {
        return (pixels * pixelBits + 7) / 8;
    }

    /**
     * Decompresses everything to see that it is sound; returns the number of bytes of data that are needed. Of what has
     * more than the rows, only these are left.
     */
    private long inflated() {
        Inflater inflater = new Inflater();
        try {
            Rows rows = new Rows(inflater);
            long rawBytes = 0;
            for (int[] pass : interlaced ? PASSES : new int[][] {{0, 0, 1, 1}}) {
                long columns = (width - pass[0] + pass[2] - 1) / pass[2];
                long lines = columns < 1 ? 0 : (height - pass[1] + pass[3] - 1) / pass[3];
                rows.check(rowBytes(columns), lines);
                rawBytes += lines * (1 + rowBytes(columns));
            }
            if (rows.end()) {
                return inflater.getBytesRead();
            }
            inflater.reset();
            byte[] rowsAlone = new Rows(inflater).compressed(rawBytes);
            data.clear();
            data.add(new Chunk(rowsAlone, 0, rowsAlone.length));
            return rowsAlone.length;
        } catch (DataFormatException e) {
            throw ImageChecks.damaged(file, "its image data cannot be decompressed");
        } finally {
            inflater.end();
        }
    }

    /** The decompressed data, a piece at a time. */
    private final class Rows {
        private final Inflater inflater;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int next;
        private int from;
        private int end;

        Rows(Inflater inflater) {
            this.inflater = inflater;
        }

        /** Each row begins with the number of its filter. */
        void check(long rowBytes, long rows) throws DataFormatException {
            for (long row = 0; row < rows; row++) {
                long left = 1 + rowBytes;
                if (from == end) {
                    fill();
                }
                if ((buffer[from] & 0xFF) > HIGHEST_FILTER) {
                    throw ImageChecks.damaged(file, "an unknown filter in its image data");
                }
                while (left > end - from) {
                    left -= end - from;
                    fill();
                }
                from += (int) left;
            }
        }

        private void fill() throws DataFormatException {
            from = 0;
            end = 0;
            while (end == 0) {
                end = inflater.inflate(buffer);
                if (end == 0) {
                    more();
                }
            }
        }

        private void more() {
            if (inflater.finished() || inflater.needsDictionary() || next == data.size()) {
                throw ImageChecks.damaged(file, "too little image data for its size");
            }
            Chunk chunk = data.get(next++);
            inflater.setInput(chunk.bytes, chunk.at, chunk.length);
        }

        /**
         * The checksum comes after the last byte, which further calls verify. Returns whether nothing else does: libpng
         * would complain of it.
         */
        boolean end() throws DataFormatException {
            byte[] one = new byte[1];
            while (from == end && !inflater.finished()) {
                if (inflater.inflate(one) > 0) {
                    return false;
                }
                if (!inflater.finished()) {
                    more();
                }
            }
            return from == end;
        }

        /** The first bytes, compressed anew. */
        byte[] compressed(long bytes) throws DataFormatException {
            Deflater deflater = new Deflater(Deflater.BEST_SPEED);
            try {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                byte[] piece = new byte[BUFFER_BYTES];
                for (long left = bytes; left > 0; left -= end) {
                    fill();
                    deflater.setInput(buffer, 0, (int) Math.min(left, end));
                    while (!deflater.needsInput()) {
                        out.write(piece, 0, deflater.deflate(piece));
                    }
                }
                deflater.finish();
                while (!deflater.finished()) {
                    out.write(piece, 0, deflater.deflate(piece));
                }
                return out.toByteArray();
            } finally {
                deflater.end();
            }
        }
    }

    private byte[] written(long dataBytes) {
        int all = 8 + FRAME_BYTES * 3 + HEADER_BYTES + Math.toIntExact(dataBytes);
        ByteBuffer out = ByteBuffer.allocate(all + (palette == null ? 0 : FRAME_BYTES + paletteBytes()));
        out.putLong(SIGNATURE).put(in.array(), 8, HEADER_BYTES + FRAME_BYTES);
        if (palette != null) {
            // Of full length: no pixel can name a colour beyond it.
            int start = begin(out, PALETTE, paletteBytes());
            out.put(palette.bytes, palette.at, palette.length);
            end(out, start, paletteBytes());
        }
        int start = begin(out, DATA, (int) dataBytes);
        for (Chunk chunk : data) {
            int left = start + 8 + (int) dataBytes - out.position();
            out.put(chunk.bytes, chunk.at, Math.min(left, chunk.length));
        }
        // The window may be as large as any: a smaller one that its data do not keep to is no fault that is seen.
        out.put(start + 8, (byte) 0x78).put(start + 9, (byte) 0x01);
        end(out, start, (int) dataBytes);
        end(out, begin(out, END, 0), 0);
        return out.array();
    }

    private static int begin(ByteBuffer out, int type, int length) {
        int start = out.position();
        out.putInt(length).putInt(type);
        return start;
    }

    private static void end(ByteBuffer out, int start, int length) {
        CRC32 crc = new CRC32();
        crc.update(out.array(), start + 4, length + 4);
        out.position(start + 8 + length).putInt((int) crc.getValue());
    }

    private static int chunk(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }
}
