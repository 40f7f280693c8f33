package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The directories of a TIFF file (classic and BigTIFF, both byte orders), each strip and tile verified to lie inside
 * the file, and the samples of the storage kinds that need no codec library (none and deflate, without predictor).
 */
final class TiffFile {
    /** Largest point cloud, points; a decoded one takes 12 bytes per point. */
    static final long MAX_POINTS = 32_000_000L;

    private static final int MAX_PAGES = 32_768;
    /** None, LZW, JPEG, deflate (two numbers), PackBits. */
    private static final Set<Long> CODECS = Set.of(1L, 5L, 7L, 8L, 32946L, 32773L);

    private static final int ASCII = 2;
    /** Characters of a number that is written as text. */
    private static final int MAX_NUMBER = 64;
    /** GDAL_NODATA: a number as text. */
    private static final int NO_DATA = 42113;

    private static final int MAX_VALUES = 1 << 22;
    private static final int FLOAT_SAMPLES = 3;

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
        boolean tiled;
        /** The value of missing samples (GDAL's tag); null = none is stated. */
        Float noData;

        long[] offsets = {};
        long[] counts = {};

        boolean isFloat() {
            return sampleFormat == FLOAT_SAMPLES && (bits == 32 || bits == 64);
        }

        /** Whether {@link #read} can read it; anything else is left to the codec library. */
        boolean isPlain() {
            return !tiled && predictor == 1 && (compression == 1 || deflated());
        }

        /** How many bytes one stored byte can become. */
        long largestRatio() {
            return switch ((int) compression) {
                case 1 -> 1;
                case 5 -> 2800; // a 12-bit code stands for fewer than 4096 bytes
                case 32773 -> 128;
                case 7 -> Long.MAX_VALUE;
                default -> ImageChecks.MAX_DEFLATE_RATIO;
            };
        }

        boolean deflated() {
            return compression == 8 || compression == 32946;
        }
    }

    final List<Page> pages = new ArrayList<>();
    private final Path file;
    private final ByteBuffer in;
    private final boolean big;

    private TiffFile(Path file, byte[] bytes) {
        this.file = file;
        this.in = ByteBuffer.wrap(bytes);
        in.order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        this.big = in.getShort(2) == 43;
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

    /** All samples of a plain float page as float32, interleaved by pixel; float64 is rounded. */
    void read(Page page, float[] out, int start) {
        long planes = page.planar == 2 ? page.samples : 1;
        int perPixel = (int) (page.samples / planes);
        int stride = (int) page.samples;
        long stripsPerPlane = page.offsets.length / planes;
        for (int s = 0; s < page.offsets.length; s++) {
            int plane = (int) (s / stripsPerPlane);
            long firstRow = s % stripsPerPlane * Math.min(page.rowsPerStrip, page.height);
            ByteBuffer data = strip(page, s);
            int values = (int) (stripBytes(page, s) / (page.bits / 8));
            int to = start + (int) (firstRow * page.width * stride) + plane;
            // Interleaved: perPixel == stride and values are dense; separate planes: every stride-th value.
            int step = perPixel == stride ? 1 : stride;
            if (page.bits == 64) {
                for (int i = 0; i < values; i++) {
                    out[to + i * step] = (float) data.getDouble(8 * i);
                }
            } else {
                for (int i = 0; i < values; i++) {
                    out[to + i * step] = data.getFloat(4 * i);
                }
            }
        }
    }

    private ByteBuffer strip(Page page, int s) {
        int offset = (int) page.offsets[s];
        if (!page.deflated()) {
            return in.slice(offset, (int) page.counts[s]).order(in.order());
        }
        byte[] raw = new byte[(int) stripBytes(page, s)];
        inflate(page, s, raw, raw.length);
        return ByteBuffer.wrap(raw).order(in.order());
    }

    /** Decompresses strip s through {@code buffer} and fails when it holds less than it must. */
    private void inflate(Page page, int s, byte[] buffer, long expected) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(in.array(), (int) page.offsets[s], (int) page.counts[s]);
            long total = 0;
            while (total < expected) {
                int n = inflater.inflate(buffer, 0, (int) Math.min(buffer.length, expected - total));
                if (n == 0) {
                    throw ImageChecks.damaged(file, "a TIFF strip is too short");
                }
                total += n;
            }
            // The checksum comes after the last byte: one more call verifies it. Padding is harmless.
            inflater.inflate(new byte[1]);
        } catch (DataFormatException e) {
            throw ImageChecks.damaged(file, "a TIFF strip cannot be decompressed");
        } finally {
            inflater.end();
        }
    }

    /** Decompresses deflated strips only to see that they are sound, before the codec library reads a page. */
    void verifyData(Page page) {
        if (page.deflated() && !page.tiled) {
            byte[] buffer = new byte[1 << 16];
            for (int s = 0; s < page.offsets.length; s++) {
                inflate(page, s, buffer, stripBytes(page, s));
            }
        }
    }

    private void verify(Page page) {
        ImageChecks.checkSize(file, page.width, page.height, ImageChecks.MAX_PIXELS);
        boolean sane = page.samples >= 1
                && page.samples <= 16
                && page.bits >= 1
                && page.bits <= 64
                && (page.planar == 1 || page.planar == 2)
                && page.rowsPerStrip >= 1
                && page.offsets.length > 0
                && page.offsets.length == page.counts.length;
        if (!sane) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        if (!CODECS.contains(page.compression)) {
            throw new InputException(file + " uses TIFF compression " + page.compression
                    + ", which is not supported; save it uncompressed or with deflate");
        }
        long planes = page.planar == 2 ? page.samples : 1;
        if (!page.tiled) {
            long rows = Math.min(page.rowsPerStrip, page.height);
            if (page.offsets.length != planes * ((page.height + rows - 1) / rows)) {
                throw ImageChecks.damaged(file, "the wrong number of TIFF strips");
            }
        }
        for (int s = 0; s < page.offsets.length; s++) {
            long offset = page.offsets[s];
            long count = page.counts[s];
            if (offset < 8 || count <= 0 || offset > in.capacity() || count > in.capacity() - offset) {
                throw ImageChecks.damaged(file, "it ends before its last TIFF strip");
            }
            if (!page.tiled && count < stripBytes(page, s) / page.largestRatio()) {
                throw ImageChecks.damaged(file, "too little image data for its size");
            }
        }
    }

    private long stripBytes(Page page, int s) {
        long planes = page.planar == 2 ? page.samples : 1;
        long rows = Math.min(page.rowsPerStrip, page.height);
        long first = s % (page.offsets.length / planes) * rows;
        return Math.min(rows, page.height - first) * ((page.width * (page.samples / planes) * page.bits + 7) / 8);
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
                case 273 -> page.offsets = values(entry);
                case 279 -> page.counts = values(entry);
                case 324 -> {
                    page.offsets = values(entry);
                    page.tiled = true;
                }
                case 325 -> page.counts = values(entry);
                case NO_DATA -> page.noData = noData(entry);
                default -> {}
            }
        }
        pages.add(page);
        return big ? u64(entry) : u32(entry);
    }

    private long single(long entry) {
        long[] values = values(entry);
        if (values.length != 1) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        return values[0];
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
        int bytes = type == 3 ? 2 : type == 4 ? 4 : type == 16 ? 8 : type == 1 ? 1 : 0;
        if (bytes == 0 || count < 1 || count > in.capacity() / bytes || count > MAX_VALUES) {
            throw ImageChecks.damaged(file, "impossible values in its TIFF directory");
        }
        long at = entry + (big ? 12 : 8);
        if (count * bytes > (big ? 8 : 4)) {
            at = big ? u64(at) : u32(at);
        }
        long[] values = new long[(int) count];
        for (int i = 0; i < count; i++, at += bytes) {
            values[i] = bytes == 1 ? u8(at) : bytes == 2 ? u16(at) : bytes == 4 ? u32(at) : u64(at);
        }
        return values;
    }

    /** Null when the text is no number. */
    private Float noData(long entry) {
        long count = big ? u64(entry + 4) : u32(entry + 4);
        if (u16(entry + 2) != ASCII || count < 1 || count > MAX_NUMBER) {
            return null;
        }
        long at = entry + (big ? 12 : 8);
        if (count > (big ? 8 : 4)) {
            at = big ? u64(at) : u32(at);
        }
        byte[] text = new byte[(int) count];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) u8(at + i);
        }
        try {
            return Float.valueOf(new String(text, StandardCharsets.US_ASCII)
                    .replace("\0", "")
                    .strip());
        } catch (NumberFormatException e) {
            return null;
        }
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
