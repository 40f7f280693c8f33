package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The directories of a TIFF file (classic and BigTIFF, both byte orders), each strip and tile verified to lie inside
 * the file, and their decompressed content.
 */
final class TiffFile {
    /** Largest point cloud, points; a decoded one takes 12 bytes per point. */
    static final long MAX_POINTS = 32_000_000L;

    private static final int MAX_PAGES = 32_768;
    private static final int MAX_VALUES = 1 << 22;
    /** Pixels of a tile that is larger than its page, far beyond any that is written. */
    private static final long MAX_TILE = 1 << 22;
    /** Of a strip or tile, decompressed. */
    private static final long MAX_SEGMENT_BYTES = 1 << 30;

    /** Type of a directory's entry. */
    private static final int SHORT = 3;

    private static final int ASCII = 2;
    private static final int NO_DATA = 42113;

    private static final int SIGNED_SAMPLES = 2;
    private static final int FLOAT_SAMPLES = 3;
    private static final int COMPLEX_SAMPLES = 5;
    private static final int FLOAT_PREDICTOR = 3;

    /** One image of the file. */
    static final class Page {
        long width;
        long height;
        long bits = 1;
        long compression = 1;
        long samples = 1;
        long rowsPerStrip = Long.MAX_VALUE;
        long planar = 1;
        long predictor = 1;
        long sampleFormat = 1;
        long photometric = 1;
        int orientation = Orientation.NONE;
        /** Where the orientation's entry stands in the file; 0 = nowhere, or it says 1. */
        long orientationAt;

        long tileWidth;
        long tileHeight;
        /** GDAL's number that marks missing points; null = none. */
        Double noData;

        long[] colourMap = {};
        long[] extraSamples = {};
        long[] offsets = {};
        long[] counts = {};

        boolean tiled() {
            return tileWidth > 0;
        }

        boolean isFloat() {
            return sampleFormat == FLOAT_SAMPLES;
        }

        /** Null for numbers that no sensor's file has: complex ones, 12 bits, and the like. */
        SampleType type() {
            return sampleFormat >= COMPLEX_SAMPLES
                    ? null
                    : SampleType.of(isFloat(), sampleFormat == SIGNED_SAMPLES, bits);
        }

        /** Samples of a pixel that lie beside each other. */
        int interleaved() {
            return planar == 2 ? 1 : (int) samples;
        }

        private long planes() {
            return planar == 2 ? samples : 1;
        }

        /** Pixels in a row of a strip or tile. */
        private long segmentWidth() {
            return tiled() ? tileWidth : width;
        }

        private long segmentHeight() {
            return tiled() ? tileHeight : Math.min(rowsPerStrip, height);
        }

        private long rowBytes() {
            return (segmentWidth() * interleaved() * bits + 7) / 8;
        }

        private long across() {
            return (width + segmentWidth() - 1) / segmentWidth();
        }

        private long down() {
            return (height + segmentHeight() - 1) / segmentHeight();
        }

        /** Rows that segment {@code s} stores: of the last strip fewer, of every tile all. */
        private long storedRows(int s) {
            long firstRow = s / across() % down() * segmentHeight();
            return tiled() ? tileHeight : Math.min(segmentHeight(), height - firstRow);
        }
    }

    /** Takes a page, a piece of a row at a time. */
    @FunctionalInterface
    interface RowSink {
        /**
         * @param plane which of the planes; 0 when samples are interleaved
         * @param column of the first pixel
         * @param pixels how many
         * @param data in the file's byte order
         * @param at byte of the first pixel
         */
        void row(int plane, int row, int column, int pixels, ByteBuffer data, int at);
    }

    final List<Page> pages = new ArrayList<>();
    private final Path file;
    private final ByteBuffer in;
    private final boolean big;
    /** Bytes of directories and their values still to be read: a file that holds them has more. */
    private long unread;

    private TiffFile(Path file, byte[] bytes) {
        this.file = file;
        this.in = ByteBuffer.wrap(bytes);
        in.order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        this.big = in.getShort(2) == 43;
        this.unread = bytes.length;
    }

    static boolean isTiff(byte[] b) {
        return b.length >= 4
                && (b[0] == 'I' && b[1] == 'I' && (b[2] == 42 || b[2] == 43) && b[3] == 0
                        || b[0] == 'M' && b[1] == 'M' && b[2] == 0 && (b[3] == 42 || b[3] == 43));
    }

    static TiffFile parse(Path file, byte[] bytes) {
        TiffFile tiff = new TiffFile(file, bytes);
        Set<Long> seen = new HashSet<>();
        long directory = tiff.big ? tiff.u64(8) : tiff.u32(4);
        while (directory != 0) {
            if (tiff.pages.size() == MAX_PAGES || !seen.add(directory)) {
                throw ImageChecks.damaged(file, "its TIFF directories do not end");
            }
            directory = tiff.directory(directory);
        }
        if (tiff.pages.isEmpty()) {
            throw ImageChecks.damaged(file, "a TIFF without an image");
        }
        tiff.pages.forEach(tiff::verify);
        return tiff;
    }

    ByteOrder byteOrder() {
        return in.order();
    }

    /** The letter, twice at the file's beginning, that tells the byte order. */
    byte mark() {
        return in.get(0);
    }

    /** All samples of a page, interleaved by pixel, as the numbers that they are; 64 bits are rounded. */
    void read(Page page, float[] out, int start) {
        SampleType type = page.type();
        int stride = (int) page.samples;
        int perPixel = page.interleaved();
        int width = (int) page.width;
        forEachRow(page, (plane, row, column, pixels, data, at) -> {
            int to = start + (row * width + column) * stride + plane;
            int n = pixels * perPixel;
            if (type == SampleType.FLOAT32 && perPixel == stride) {
                data.position(at);
                data.asFloatBuffer().get(out, to, n);
                return;
            }
            // Interleaved values are dense; those of a plane are every stride-th.
            int step = perPixel == stride ? 1 : stride;
            for (int i = 0; i < n; i++) {
                out[to + i * step] = (float) type.get(data, at + i * type.bytes);
            }
        });
    }

    /**
     * Decompresses a page, from the first strip or tile to the last.
     *
     * @throws InputException when it is damaged
     */
    void forEachRow(Page page, RowSink sink) {
        int perPlane = (int) (page.across() * page.down());
        int rowBytes = (int) page.rowBytes();
        for (int s = 0; s < page.offsets.length; s++) {
            int firstRow = (int) (s % perPlane / page.across() * page.segmentHeight());
            int firstColumn = (int) (s % perPlane % page.across() * page.segmentWidth());
            int rows = (int) Math.min(page.segmentHeight(), page.height - firstRow);
            int columns = (int) Math.min(page.segmentWidth(), page.width - firstColumn);
            ByteBuffer data = segment(page, s);
            for (int y = 0; y < rows; y++) {
                sink.row(s / perPlane, firstRow + y, firstColumn, columns, data, y * rowBytes);
            }
        }
    }

    private ByteBuffer segment(Page page, int s) {
        int offset = (int) page.offsets[s];
        int count = (int) page.counts[s];
        if (segmentBytes(page, s) > MAX_SEGMENT_BYTES) {
            throw ImageChecks.damaged(file, "a TIFF strip of more than 1 GiB");
        }
        int bytes = (int) segmentBytes(page, s);
        if (page.compression == TiffCodec.NONE && count >= bytes) {
            return in.slice(offset, bytes).order(in.order());
        }
        byte[] raw = TiffCodec.decode(file, page.compression, in.array(), offset, count, bytes);
        ByteBuffer data = ByteBuffer.wrap(raw).order(in.order());
        if (page.predictor != 1 && TiffCodec.predicts(page.compression)) {
            int rowBytes = (int) page.rowBytes();
            for (int at = 0; at < bytes; at += rowBytes) {
                if (page.predictor == FLOAT_PREDICTOR) {
                    undoFloatPredictor(page, raw, at, rowBytes);
                } else {
                    undoDifferences(page, data, at, rowBytes);
                }
            }
        }
        return data;
    }

    /** Predictor 2: every sample is stored as the difference from that of the pixel before. */
    private static void undoDifferences(Page page, ByteBuffer data, int from, int rowBytes) {
        int bytes = (int) page.bits / 8;
        int stride = page.interleaved() * bytes;
        for (int at = from + stride; at < from + rowBytes; at += bytes) {
            int before = at - stride;
            switch (bytes) {
                case 1 -> data.put(at, (byte) (data.get(at) + data.get(before)));
                case 2 -> data.putShort(at, (short) (data.getShort(at) + data.getShort(before)));
                case 4 -> data.putInt(at, data.getInt(at) + data.getInt(before));
                default -> data.putLong(at, data.getLong(at) + data.getLong(before));
            }
        }
    }

    /** Predictor 3: of a row, first all highest bytes, then the next; each as the difference from the pixel before. */
    private void undoFloatPredictor(Page page, byte[] raw, int from, int rowBytes) {
        int bytes = (int) page.bits / 8;
        int stride = page.interleaved();
        for (int i = from + stride; i < from + rowBytes; i++) {
            raw[i] += raw[i - stride];
        }
        byte[] planes = Arrays.copyOfRange(raw, from, from + rowBytes);
        int values = rowBytes / bytes;
        boolean highestLast = in.order() == ByteOrder.LITTLE_ENDIAN;
        for (int value = 0; value < values; value++) {
            for (int b = 0; b < bytes; b++) {
                raw[from + value * bytes + (highestLast ? bytes - 1 - b : b)] = planes[b * values + value];
            }
        }
    }

    /** Decompresses deflated strips only to see that they are sound, before the codec library reads a page. */
    void verifyData(Page page) {
        if (TiffCodec.isDeflate(page.compression) && !page.tiled()) {
            byte[] buffer = new byte[1 << 16];
            for (int s = 0; s < page.offsets.length; s++) {
                TiffCodec.inflate(
                        file, in.array(), (int) page.offsets[s], (int) page.counts[s], buffer, segmentBytes(page, s));
            }
        }
    }

    /** The file with all pages' orientation 1: the codec library turns some kinds of pages and leaves others. */
    byte[] upright() {
        byte[] bytes = in.array();
        for (Page page : pages) {
            if (page.orientationAt > 0) {
                bytes = bytes == in.array() ? bytes.clone() : bytes;
                ByteBuffer entry = ByteBuffer.wrap(bytes).order(in.order());
                int at = (int) page.orientationAt;
                entry.putShort(at + 2, (short) SHORT).putShort(at + (big ? 12 : 8), (short) 1);
            }
        }
        return bytes;
    }

    private void verify(Page page) {
        ImageChecks.checkSize(file, page.width, page.height, ImageChecks.MAX_PIXELS);
        boolean sane = page.samples >= 1
                && page.samples <= 16
                && page.bits >= 1
                && page.bits <= 64
                && (page.planar == 1 || page.planar == 2)
                && page.rowsPerStrip >= 1
                && (page.tileWidth == 0) == (page.tileHeight == 0)
                && page.tileWidth <= 1 << 20
                && page.tileHeight <= 1 << 20
                && page.tileWidth * page.tileHeight <= Math.max(MAX_TILE, 2 * page.width * page.height)
                && page.offsets.length > 0
                && page.offsets.length == page.counts.length;
        if (!sane) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        if (!TiffCodec.known(page.compression)) {
            throw TiffCodec.unknown(file, page.compression);
        }
        if (page.offsets.length != page.planes() * page.across() * page.down()) {
            throw ImageChecks.damaged(file, "the wrong number of TIFF strips");
        }
        for (int s = 0; s < page.offsets.length; s++) {
            long offset = page.offsets[s];
            long count = page.counts[s];
            if (offset < 8 || count <= 0 || offset > in.capacity() || count > in.capacity() - offset) {
                throw ImageChecks.damaged(file, "it ends before its last TIFF strip");
            }
            if (count < segmentBytes(page, s) / TiffCodec.largestRatio(page.compression)) {
                throw ImageChecks.damaged(file, "too little image data for its size");
            }
        }
    }

    /** Bytes of a strip or tile when it is decompressed. */
    private static long segmentBytes(Page page, int s) {
        return page.storedRows(s) * page.rowBytes();
    }

    /** Reads one directory into a page; returns where the next one is, or 0. */
    private long directory(long at) {
        long n = big ? u64(at) : u16(at);
        long entry = at + (big ? 8 : 2);
        int entryBytes = big ? 20 : 12;
        if (n < 1 || n > 4096) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        Page page = new Page();
        for (long i = 0; i < n; i++, entry += entryBytes) {
            int tag = u16(entry);
            read(entryBytes);
            switch (tag) {
                case 256 -> page.width = single(entry);
                case 257 -> page.height = single(entry);
                case 258 -> page.bits = same(values(entry), "bits");
                case 259 -> page.compression = single(entry);
                case 277 -> page.samples = single(entry);
                case 278 -> page.rowsPerStrip = single(entry);
                case 284 -> page.planar = single(entry);
                case 317 -> page.predictor = single(entry);
                case 339 -> page.sampleFormat = same(values(entry), "formats");
                case 262 -> page.photometric = single(entry);
                case 273, 324 -> page.offsets = values(entry);
                case 274 -> {
                    long orientation = single(entry);
                    page.orientation = Orientation.of(orientation);
                    page.orientationAt = orientation == Orientation.NONE ? 0 : entry;
                }
                case 279, 325 -> page.counts = values(entry);
                case 320 -> page.colourMap = values(entry);
                case 322 -> page.tileWidth = single(entry);
                case 323 -> page.tileHeight = single(entry);
                case 338 -> page.extraSamples = values(entry);
                case NO_DATA -> page.noData = text(entry);
                default -> {}
            }
        }
        pages.add(page);
        return big ? u64(entry) : u32(entry);
    }

    /** Directories that name the same bytes again and again would keep a computer busy for minutes. */
    private void read(long bytes) {
        unread -= bytes;
        if (unread < 0) {
            throw ImageChecks.damaged(file, "its TIFF directories overlap");
        }
    }

    private long single(long entry) {
        long[] values = values(entry);
        if (values.length != 1) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        return values[0];
    }

    /** A text that says a number; null when it says none. */
    private Double text(long entry) {
        long count = big ? u64(entry + 4) : u32(entry + 4);
        if (u16(entry + 2) != ASCII || count < 1 || count > 64) {
            return null;
        }
        long at = entry + (big ? 12 : 8);
        at = count <= (big ? 8 : 4) ? at : big ? u64(at) : u32(at);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append((char) u8(at + i));
        }
        try {
            return Double.valueOf(text.toString().replace('\0', ' ').strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private long same(long[] values, String what) {
        for (long v : values) {
            if (v != values[0]) {
                throw new InputException(file + " mixes sample " + what + "; write all channels alike");
            }
        }
        return values[0];
    }

    private long[] values(long entry) {
        int type = u16(entry + 2);
        long count = big ? u64(entry + 4) : u32(entry + 4);
        int bytes = type == SHORT ? 2 : type == 4 ? 4 : type == 16 ? 8 : type == 1 ? 1 : 0;
        if (bytes == 0 || count < 1 || count > in.capacity() / bytes || count > MAX_VALUES) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        long at = entry + (big ? 12 : 8);
        if (count * bytes > (big ? 8 : 4)) {
            at = big ? u64(at) : u32(at);
            read(count * bytes);
        }
        long[] values = new long[(int) count];
        for (int i = 0; i < count; i++, at += bytes) {
            values[i] = bytes == 1 ? u8(at) : bytes == 2 ? u16(at) : bytes == 4 ? u32(at) : u64(at);
        }
        return values;
    }

    private int at(long position, int bytes) {
        if (position < 0 || position > in.capacity() - bytes) {
            throw ImageChecks.damaged(file, "it ends inside its TIFF directory");
        }
        return (int) position;
    }

    private int u8(long position) {
        return in.get(at(position, 1)) & 0xFF;
    }

    private int u16(long position) {
        return in.getShort(at(position, 2)) & 0xFFFF;
    }

    private long u32(long position) {
        return in.getInt(at(position, 4)) & 0xFFFFFFFFL;
    }

    private long u64(long position) {
        long value = in.getLong(at(position, 8));
        if (value < 0) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        return value;
    }
}
