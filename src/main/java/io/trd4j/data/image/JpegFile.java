package io.trd4j.data.image;

import io.trd4j.io.InputException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The segments of a JPEG, and the entropy-coded data of all its scans, checked before libjpeg sees them: of damaged
 * data it makes grey or noise, writes so on standard error, and nothing turns that off.
 */
final class JpegFile {
    private static final int START = 0xFFD8;
    private static final int END = 0xFFD9;
    private static final int FIRST_RESTART = 0xFFD0;
    private static final int HUFFMAN = 0xFFC4;
    private static final int SCAN = 0xFFDA;
    private static final int QUANTISATION = 0xFFDB;
    private static final int RESTART_INTERVAL = 0xFFDD;
    private static final int JFIF = 0xFFE0;
    private static final int EXIF = 0xFFE1;
    private static final int ADOBE = 0xFFEE;
    private static final int PROGRESSIVE = 0xFFC2;
    /** Of a segment that says how colours are meant, with its marker. */
    private static final int ADOBE_BYTES = 16;

    private static final long EXIF_MARK = 0x457869660000L;
    private static final long JFIF_MARK = 0x4A46494600L;
    private static final long ADOBE_MARK = 0x41646F6265L;

    private static final int COEFFICIENTS = 64;
    /** Of a decoder, blocks of an MCU. */
    private static final int MAX_BLOCKS = 10;

    private static final int MAX_SHIFT = 13;
    /** A block is visited by a scan for each of its bits at most: far more than encoders make. */
    private static final int MAX_VISITS = 32;

    private final Path file;
    private final byte[] bytes;
    private final ByteBuffer in;
    /** End of what is kept: it is written over what was read. */
    private int kept = 2;

    private int orientation;
    private boolean progressive;
    private int width;
    private int height;
    private int mcuWidth;
    private int mcuHeight;
    private JpegScan.Component[] components;
    private final JpegScan.Table[] dc = new JpegScan.Table[4];
    private final JpegScan.Table[] ac = new JpegScan.Table[4];
    private int restartInterval;
    private long visits;
    private long blocks;

    private JpegFile(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
        in = ByteBuffer.wrap(bytes);
    }

    /**
     * Checks a JPEG.
     *
     * @param bytes its content, which is changed
     * @return it anew with the segments that define the pixels alone
     */
    static CleanImage clean(Path file, byte[] bytes) {
        JpegFile jpeg = new JpegFile(file, bytes);
        jpeg.segments();
        return new CleanImage(
                Arrays.copyOf(bytes, jpeg.kept), Orientation.of(jpeg.orientation), jpeg.width, jpeg.height);
    }

    /** Whether a marker begins here. */
    static boolean starts(byte[] bytes) {
        return bytes.length >= 3 && bytes[0] == (byte) (START >> 8) && bytes[1] == (byte) START && bytes[2] == -1;
    }

    /**
     * A JPEG that is the strip of a TIFF as a file.
     *
     * @param transform 1 = its three channels are YCbCr, 0 = RGB; -1 = it has one
     * @param tables as a JPEG of tables alone; may be empty
     */
    static byte[] joined(int transform, byte[] tables, byte[] strip) {
        ByteBuffer out = ByteBuffer.allocate(2 + ADOBE_BYTES + tables.length + strip.length)
                .putShort((short) START);
        if (transform >= 0) {
            out.putShort((short) ADOBE).putShort((short) (ADOBE_BYTES - 2)).putLong(ADOBE_MARK << 24);
            out.putShort((short) 0).put((byte) 0).put((byte) transform);
        }
        if (tables.length > 4) {
            out.put(tables, 2, tables.length - 4);
        }
        return out.put(strip, Math.min(2, strip.length), Math.max(0, strip.length - 2))
                .array();
    }

    private void segments() {
        int position = 2;
        while (true) {
            if (position > bytes.length - 2) {
                throw ImageChecks.damaged(file, "it ends before the end of the JPEG image");
            }
            int marker = in.getShort(position) & 0xFFFF;
            if (marker == 0xFFFF) {
                position++; // fill byte
                continue;
            }
            if (marker <= 0xFF00 || marker == START) {
                throw ImageChecks.damaged(file, "no JPEG marker where one must be");
            }
            position += 2;
            if (marker == END) {
                break;
            }
            if (marker >= FIRST_RESTART && marker < FIRST_RESTART + 8 || marker == 0xFF01) {
                continue;
            }
            int length = position > bytes.length - 2 ? -1 : in.getShort(position) & 0xFFFF;
            if (length < 2 || length > bytes.length - position) {
                throw ImageChecks.damaged(file, "it ends inside a JPEG segment");
            }
            if (matters(marker, position + 2, length - 2)) {
                System.arraycopy(bytes, position - 2, bytes, kept, length + 2);
                kept += length + 2;
            }
            position += length;
            if (marker == SCAN) {
                position = scan(kept - length + 2, length - 2, position);
            }
        }
        if (components == null) {
            throw ImageChecks.damaged(file, "a JPEG without a frame");
        }
        for (JpegScan.Component c : components) {
            if (c.known[0] < 0) {
                throw ImageChecks.damaged(file, "a JPEG without data of all its channels");
            }
        }
        in.putShort(kept, (short) END);
        kept += 2;
    }

    /** Reads a segment; whether it says anything of the pixels. */
    private boolean matters(int marker, int at, int length) {
        switch (marker) {
            case QUANTISATION -> quantisation(at, at + length);
            case HUFFMAN -> tables(at, at + length);
            case RESTART_INTERVAL -> {
                requireSound(length == 2);
                restartInterval = in.getShort(at) & 0xFFFF;
            }
            case SCAN -> requireSound(components != null);
            case JFIF -> {
                // Of any version: a decoder warns of those it does not know.
                boolean jfif = length >= 14 && in.getLong(at) >>> 24 == JFIF_MARK;
                if (jfif) {
                    bytes[at + 5] = 1;
                }
                return jfif;
            }
            case EXIF -> {
                // The first block counts: programs that edit images sometimes leave another one behind it.
                if (orientation == 0 && length >= 14 && in.getLong(at) >>> 16 == EXIF_MARK) {
                    orientation = Orientation.ofExif(in.slice(at + 6, length - 6));
                }
                return false;
            }
            case ADOBE -> {
                return length >= 12
                        && in.getLong(at) >>> 24 == ADOBE_MARK
                        && bytes[at + 11] >= 0
                        && bytes[at + 11] <= 2;
            }
            case 0xFFC0, 0xFFC1, PROGRESSIVE -> frame(marker, at, length);
            default -> {
                if (marker >= 0xFFC3 && marker <= 0xFFCF || marker == 0xFFDE) {
                    throw new InputException(file + " is a JPEG of a rare kind (marker " + (marker & 0xFF)
                            + ": lossless, hierarchical or arithmetic coding); save it as PNG");
                }
                return false;
            }
        }
        return true;
    }

    private void requireSound(boolean sound) {
        if (!sound) {
            throw ImageChecks.damaged(file, "impossible values in a JPEG segment");
        }
    }

    private void quantisation(int start, int end) {
        int at = start;
        while (at < end) {
            int precision = bytes[at] >> 4;
            requireSound(precision >= 0 && precision <= 1 && (bytes[at] & 15) < 4);
            at += 1 + COEFFICIENTS * (1 + precision);
        }
        requireSound(at == end);
    }

    private void tables(int start, int end) {
        int at = start;
        while (at < end) {
            int kind = bytes[at] & 0xFF;
            int symbols = 0;
            for (int i = 1; i <= 16 && at + 17 <= end; i++) {
                symbols += bytes[at + i] & 0xFF;
            }
            requireSound((kind & 0xEC) == 0 && symbols <= 256 && at + 17 + symbols <= end);
            JpegScan.Table table = JpegScan.Table.of(bytes, at + 1, at + 17, symbols);
            requireSound(table != null && (kind >= 16 || table.holdsOnly(15)));
            (kind >= 16 ? ac : dc)[kind & 3] = table;
            at += 17 + symbols;
        }
        requireSound(at == end);
    }

    private void frame(int marker, int at, int length) {
        if (components != null || length < 6) {
            throw ImageChecks.damaged(
                    file, components != null ? "two JPEG frames" : "a JPEG frame header is too short");
        }
        progressive = marker == PROGRESSIVE;
        height = in.getShort(at + 1) & 0xFFFF;
        width = in.getShort(at + 3) & 0xFFFF;
        ImageChecks.checkImage(file, width, height);
        int n = bytes[at + 5];
        if (bytes[at] != 8) {
            throw new InputException(file + " is a JPEG of " + (bytes[at] & 0xFF) + " bits; save it as PNG");
        }
        requireSound((n == 1 || n == 3 || n == 4) && length == 6 + 3 * n);
        components = new JpegScan.Component[n];
        int most = 0;
        int highest = 0;
        for (int i = 0; i < n; i++) {
            JpegScan.Component c = new JpegScan.Component();
            components[i] = c;
            c.id = bytes[at + 6 + 3 * i];
            c.across = bytes[at + 7 + 3 * i] >> 4;
            c.down = bytes[at + 7 + 3 * i] & 15;
            requireSound(c.across >= 1 && c.across <= 4 && c.down >= 1 && c.down <= 4 && bytes[at + 8 + 3 * i] >= 0);
            requireSound(
                    bytes[at + 8 + 3 * i] < 4 && Arrays.stream(components, 0, i).noneMatch(o -> o.id == c.id));
            most = Math.max(most, c.across);
            highest = Math.max(highest, c.down);
            Arrays.fill(c.known, -1);
        }
        mcuWidth = 8 * most;
        mcuHeight = 8 * highest;
        for (JpegScan.Component c : components) {
            c.columns = (width * c.across + mcuWidth - 1) / mcuWidth;
            c.rows = (height * c.down + mcuHeight - 1) / mcuHeight;
            blocks += (long) c.columns * c.rows;
        }
        // A block takes a bit at least.
        if (blocks / 8 > bytes.length) {
            throw ImageChecks.damaged(file, "too little image data for its size");
        }
    }

    /**
     * Reads a scan's data, which is kept without what stands between it and the next marker.
     *
     * @param at of its header, where it is kept
     * @param from where its data begins
     * @return where the next marker is
     */
    private int scan(int at, int length, int from) {
        int n = length < 4 ? 0 : bytes[at];
        requireSound(n >= 1 && n <= 4 && length == 4 + 2 * n);
        int first = progressive ? bytes[at + 1 + 2 * n] : 0;
        int last = progressive ? bytes[at + 2 + 2 * n] : COEFFICIENTS - 1;
        int high = progressive ? bytes[at + 3 + 2 * n] >> 4 & 15 : 0;
        int low = progressive ? bytes[at + 3 + 2 * n] & 15 : 0;
        if (!progressive) {
            // Some encoders say less; the data have all.
            bytes[kept - 3] = 0;
            bytes[kept - 2] = COEFFICIENTS - 1;
            bytes[kept - 1] = 0;
        }
        requireSound(first >= 0 && first <= last && last < COEFFICIENTS && low <= MAX_SHIFT);
        requireSound(!progressive || (first == 0 ? last == 0 : n == 1));
        JpegScan.Component[] own = new JpegScan.Component[n];
        int inMcu = 0;
        for (int i = 0; i < n; i++) {
            own[i] = component(bytes[at + 1 + 2 * i]);
            requireSound(!Arrays.asList(own).subList(0, i).contains(own[i]));
            int tables = bytes[at + 2 + 2 * i];
            requireSound((tables & 0xCC) == 0);
            own[i].dc = dc[tables >> 4];
            own[i].ac = ac[tables & 15];
            requireSound(own[i].dc != null || first > 0 || high > 0);
            requireSound(own[i].ac != null || progressive && first == 0);
            progress(own[i], first, last, high, low);
            inMcu += own[i].across * own[i].down;
        }
        requireSound(n == 1 || inMcu <= MAX_BLOCKS);
        JpegScan scan = new JpegScan(file, bytes, new JpegScan.Kind(progressive, first, last, high > 0), from);
        return n == 1 ? alone(scan, own[0], from) : interleaved(scan, own, from);
    }

    private JpegScan.Component component(int id) {
        for (JpegScan.Component c : components) {
            if (c.id == id) {
                return c;
            }
        }
        throw ImageChecks.damaged(file, "impossible values in a JPEG segment");
    }

    /** Bits of coefficients come one after the other, from the highest on, and the mean of a block before all else. */
    private void progress(JpegScan.Component c, int first, int last, int high, int low) {
        requireSound(first == 0 || c.known[0] >= 0);
        for (int k = first; k <= last; k++) {
            requireSound(high == 0 ? c.known[k] < 0 : c.known[k] == high && low == high - 1);
            c.known[k] = low;
        }
        long own = (long) c.columns * c.rows;
        visits += own;
        if (visits > MAX_VISITS * blocks) {
            throw ImageChecks.damaged(file, "more scans than a JPEG has");
        }
        if (first > 0 && c.nonzero == null) {
            c.nonzero = new long[(int) own];
        }
    }

    private int alone(JpegScan scan, JpegScan.Component c, int from) {
        int start = from;
        int n = c.columns * c.rows;
        for (int block = 0; block < n; block++) {
            if (restartInterval > 0 && block > 0 && block % restartInterval == 0) {
                start = restart(scan, start, block / restartInterval - 1);
            }
            scan.block(c, block);
        }
        return end(scan, start);
    }

    private int interleaved(JpegScan scan, JpegScan.Component[] own, int from) {
        int start = from;
        int n = (width + mcuWidth - 1) / mcuWidth * ((height + mcuHeight - 1) / mcuHeight);
        for (int mcu = 0; mcu < n; mcu++) {
            if (restartInterval > 0 && mcu > 0 && mcu % restartInterval == 0) {
                start = restart(scan, start, mcu / restartInterval - 1);
            }
            for (JpegScan.Component c : own) {
                // Their number does not matter: coefficients by number come in scans of one component.
                for (int block = c.across * c.down; block > 0; block--) {
                    scan.block(c, 0);
                }
            }
        }
        return end(scan, start);
    }

    /** Passes over the marker between two intervals, which are numbered from 0 to 7. */
    private int restart(JpegScan scan, int start, int number) {
        int marker = end(scan, start);
        if (marker > bytes.length - 2 || (in.getShort(marker) & 0xFFFF) != FIRST_RESTART + number % 8) {
            throw ImageChecks.damaged(file, "no JPEG marker where one must be");
        }
        in.putShort(kept, (short) (FIRST_RESTART + number % 8));
        kept += 2;
        scan.restart(marker + 2);
        return marker + 2;
    }

    /** Keeps the data that were read; returns where the next marker is. */
    private int end(JpegScan scan, int start) {
        int end = scan.end();
        System.arraycopy(bytes, start, bytes, kept, end - start);
        kept += end - start;
        while (end < bytes.length - 1 && !(bytes[end] == -1 && bytes[end + 1] != 0 && bytes[end + 1] != -1)) {
            end++;
        }
        return end < bytes.length - 1 ? end : bytes.length;
    }
}
