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
    /** Strips and tiles of all pages together: tiles of 16 x 16 of the largest image. */
    private static final int MAX_SEGMENTS = 1 << 19;
    /** As many JPEGs are decoded one by one: tiles of 64 x 64. */
    private static final int MAX_JPEGS = 1 << 15;

    private static final int MAX_SAMPLES = 16;
    private static final int MAX_COLOURS = 3 << 16;
    /** Pixels of a tile that is larger than its page, far beyond any that is written. */
    private static final long MAX_TILE = 1 << 22;
    /** Of a strip or tile, decompressed. */
    private static final long MAX_SEGMENT_BYTES = 1 << 30;

    /** Type of a directory's entry. */
    private static final int SHORT = 3;

    private static final int ASCII = 2;
    private static final int NO_DATA = 42113;
    private static final int JPEG_TABLES = 347;
    private static final int MAX_TABLES_BYTES = 1 << 16;

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

    /** Takes a strip or tile that is a JPEG. */
    @FunctionalInterface
    interface JpegSink {
        /** @param jpeg as a file */
        void jpeg(int row, int column, byte[] jpeg);
    }

    final List<TiffPage> pages = new ArrayList<>();
    private final Path file;
    private final ByteBuffer in;
    private final boolean big;
    private final TiffCodec codec;
    /** Bytes of directories and their values still to be read: a file that holds them has more. */
    private long unread;

    private long segments;

    private TiffFile(Path file, byte[] bytes) {
        this.file = file;
        this.in = ByteBuffer.wrap(bytes);
        in.order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        this.big = in.getShort(2) == 43;
        this.unread = bytes.length;
        this.codec = new TiffCodec(file, bytes);
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
    void read(TiffPage page, float[] out, int start) {
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
    void forEachRow(TiffPage page, RowSink sink) {
        int perPlane = (int) (page.across() * page.down());
        int rowBytes = (int) page.rowBytes();
        try (TiffCodec.Open open = codec.open()) {
            for (int s = 0; s < page.offsets.length; s++) {
                int firstRow = (int) (s % perPlane / page.across() * page.segmentHeight());
                int firstColumn = (int) (s % perPlane % page.across() * page.segmentWidth());
                int rows = (int) Math.min(page.segmentHeight(), page.height - firstRow);
                int columns = (int) Math.min(page.segmentWidth(), page.width - firstColumn);
                ByteBuffer data = segment(page, s, open);
                for (int y = 0; y < rows; y++) {
                    sink.row(s / perPlane, firstRow + y, firstColumn, columns, data, y * rowBytes);
                }
            }
        }
    }

    /**
     * The strips or tiles of a page of JPEGs, each made a file of its own.
     *
     * @throws InputException when one is damaged
     */
    void forEachJpeg(TiffPage page, JpegSink sink) {
        if (page.offsets.length > MAX_JPEGS) {
            throw ImageChecks.damaged(file, "more TIFF strips than are read");
        }
        for (int s = 0; s < page.offsets.length; s++) {
            CleanImage jpeg = JpegFile.clean(
                    file,
                    JpegFile.joined(
                            page.samples == 3 ? page.photometric == TiffColours.YCBCR ? 1 : 0 : -1,
                            page.jpegTables,
                            Arrays.copyOfRange(
                                    in.array(), (int) page.offsets[s], (int) (page.offsets[s] + page.counts[s]))));
            long firstRow = s / page.across() * page.segmentHeight();
            long firstColumn = s % page.across() * page.segmentWidth();
            boolean fits = jpeg.width() <= page.segmentWidth()
                    && jpeg.width() >= Math.min(page.segmentWidth(), page.width - firstColumn)
                    && jpeg.height() <= page.segmentHeight()
                    && jpeg.height() >= Math.min(page.segmentHeight(), page.height - firstRow);
            if (!fits) {
                throw ImageChecks.damaged(file, "a TIFF strip of another size");
            }
            sink.jpeg((int) firstRow, (int) firstColumn, jpeg.bytes());
        }
    }

    private ByteBuffer segment(TiffPage page, int s, TiffCodec.Open open) {
        int offset = (int) page.offsets[s];
        int count = (int) page.counts[s];
        if (segmentBytes(page, s) > MAX_SEGMENT_BYTES) {
            throw ImageChecks.damaged(file, "a TIFF strip of more than 1 GiB");
        }
        int bytes = (int) segmentBytes(page, s);
        if (page.compression == TiffCodec.NONE && count >= bytes) {
            return in.slice(offset, bytes).order(in.order());
        }
        byte[] raw = open.decode(page.compression, offset, count, bytes);
        ByteBuffer data = ByteBuffer.wrap(raw).order(in.order());
        if (page.predicted()) {
            TiffPredictor.undo(page, data);
        }
        return data;
    }

    /** Of a page whose directory was read; then reads where its strips or tiles are. */
    private void verify(TiffPage page) {
        ImageChecks.checkSize(file, page.width, page.height, ImageChecks.MAX_PIXELS);
        boolean sane = page.samples >= 1
                && page.samples <= MAX_SAMPLES
                && page.bits >= 1
                && page.bits <= 64
                && (page.planar == 1 || page.planar == 2)
                && page.rowsPerStrip >= 1
                && (page.tileWidth == 0) == (page.tileHeight == 0)
                && page.tileWidth <= 1 << 20
                && page.tileHeight <= 1 << 20
                && page.tileWidth * page.tileHeight <= Math.max(MAX_TILE, 2 * page.width * page.height)
                && (!page.predicted() || TiffPredictor.known(page));
        if (!sane || page.offsetsAt == 0 || page.countsAt == 0) {
            throw impossible();
        }
        if (!TiffCodec.known(page.compression)) {
            throw TiffCodec.unknown(file, page.compression);
        }
        long needed = page.planes() * page.across() * page.down();
        segments += needed;
        if (segments > MAX_SEGMENTS) {
            throw ImageChecks.damaged(file, "more TIFF strips than are read");
        }
        page.offsets = values(page.offsetsAt, needed);
        page.counts = values(page.countsAt, needed);
        if (page.offsets.length != needed || page.counts.length != needed) {
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

    private InputException impossible() {
        return ImageChecks.damaged(file, "impossible values in its TIFF directory");
    }

    /** Bytes of a strip or tile when it is decompressed. */
    private static long segmentBytes(TiffPage page, int s) {
        return page.storedRows(s) * page.rowBytes();
    }

    /** Reads one directory into a page; returns where the next one is, or 0. */
    private long directory(long at) {
        long n = big ? u64(at) : u16(at);
        long entry = at + (big ? 8 : 2);
        int entryBytes = big ? 20 : 12;
        if (n < 1 || n > 4096) {
            throw impossible();
        }
        TiffPage page = new TiffPage();
        for (long i = 0; i < n; i++, entry += entryBytes) {
            read(entryBytes);
            read(page, u16(entry), entry);
        }
        verify(page);
        pages.add(page);
        return big ? u64(entry) : u32(entry);
    }

    private void read(TiffPage page, int tag, long entry) {
        switch (tag) {
            case 256 -> page.width = single(entry);
            case 257 -> page.height = single(entry);
            case 258 -> page.bits = same(values(entry, MAX_SAMPLES), "bits");
            case 259 -> page.compression = single(entry);
            case 277 -> page.samples = single(entry);
            case 278 -> page.rowsPerStrip = single(entry);
            case 284 -> page.planar = single(entry);
            case 317 -> page.predictor = single(entry);
            case 339 -> page.sampleFormat = same(values(entry, MAX_SAMPLES), "formats");
            case 262 -> page.photometric = single(entry);
            case 273, 324 -> page.offsetsAt = entry;
            case 274 -> page.orientation = Orientation.of(single(entry));
            case 279, 325 -> page.countsAt = entry;
            case 320 -> page.colourMap = values(entry, MAX_COLOURS);
            case 322 -> page.tileWidth = single(entry);
            case 323 -> page.tileHeight = single(entry);
            case 338 -> page.extraSamples = values(entry, MAX_SAMPLES);
            case JPEG_TABLES -> page.jpegTables = bytes(entry);
            case NO_DATA -> page.noData = text(entry);
            default -> {}
        }
    }

    /** Directories that name the same bytes again and again would keep a computer busy for minutes. */
    private void read(long bytes) {
        unread -= bytes;
        if (unread < 0) {
            throw ImageChecks.damaged(file, "its TIFF directories overlap");
        }
    }

    private long single(long entry) {
        return values(entry, 1)[0];
    }

    private byte[] bytes(long entry) {
        long count = big ? u64(entry + 4) : u32(entry + 4);
        long at = entry + (big ? 12 : 8);
        if (count > (big ? 8 : 4)) {
            at = big ? u64(at) : u32(at);
            read(count);
        }
        if (count > MAX_TABLES_BYTES) {
            throw impossible();
        }
        int from = at(at, (int) count);
        return Arrays.copyOfRange(in.array(), from, from + (int) count);
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

    /** @param most that there can be */
    private long[] values(long entry, long most) {
        int type = u16(entry + 2);
        long count = big ? u64(entry + 4) : u32(entry + 4);
        int bytes = type == SHORT ? 2 : type == 4 ? 4 : type == 16 ? 8 : type == 1 ? 1 : 0;
        if (bytes == 0 || count < 1 || count > in.capacity() / bytes || count > most) {
            throw impossible();
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
            throw impossible();
        }
        return value;
    }
}
