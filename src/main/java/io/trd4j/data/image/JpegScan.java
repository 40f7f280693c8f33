package io.trd4j.data.image;

import java.nio.file.Path;

/**
 * Reads the entropy-coded data of one scan of a JPEG as a decoder does, without computing a pixel: to see that it is
 * sound, and where it ends.
 */
final class JpegScan {
    private static final int BLOCK = 64;
    private static final int LOOKAHEAD = 9;

    /**
     * A Huffman table.
     *
     * @param fast by the next {@link #LOOKAHEAD} bits: length and symbol of a code that is not longer; 0 = it is
     * @param last per length, the last code; -1 = none
     * @param offset per length, what leads from a code to its symbol's place
     */
    record Table(int[] fast, int[] last, int[] offset, byte[] symbols) {
        /** @return null when more codes are claimed than there are */
        static Table of(byte[] in, int counts, int symbolsAt, int symbols) {
            int[] last = new int[18];
            int[] offset = new int[18];
            int[] fast = new int[1 << LOOKAHEAD];
            byte[] values = new byte[symbols];
            System.arraycopy(in, symbolsAt, values, 0, symbols);
            int code = 0;
            int place = 0;
            for (int length = 1; length <= 16; length++) {
                int count = in[counts + length - 1] & 0xFF;
                offset[length] = place - code;
                for (int i = 0; i < count; i++, code++, place++) {
                    int spare = LOOKAHEAD - length;
                    for (int k = 0; spare >= 0 && k < 1 << spare && code < 1 << length; k++) {
                        fast[code << spare | k] = length << 8 | values[place] & 0xFF;
                    }
                }
                // The code of ones alone is reserved.
                if (code > (1 << length) - (count > 0 ? 1 : 0)) {
                    return null;
                }
                last[length] = count > 0 ? code - 1 : -1;
                code <<= 1;
            }
            return new Table(fast, last, offset, values);
        }

        boolean holdsOnly(int largest) {
            for (byte symbol : symbols) {
                if ((symbol & 0xFF) > largest) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A channel of the image, in blocks of 8 x 8 samples. */
    static final class Component {
        int id;
        int across;
        int down;
        /** Blocks that hold pixels. */
        int columns;

        int rows;
        Table dc;
        Table ac;
        /** Per coefficient, the lowest bit that is known; -1 = none yet. */
        final int[] known = new int[BLOCK];
        /** Per block, a bit for every coefficient that is not 0; null before the first scan of those. */
        long[] nonzero;
    }

    /**
     * The content of a scan.
     *
     * @param progressive whether coefficients come in several scans
     * @param first coefficient
     * @param last coefficient
     * @param refines whether it holds one more bit of what is known
     */
    record Kind(boolean progressive, int first, int last, boolean refines) {}

    private final Path file;
    private final byte[] in;
    private final Kind kind;
    private int position;
    private long bits;
    private int count;
    /** Behind which byte of the file each of the last loaded ones ends. */
    private final int[] ends = new int[8];

    private int loaded;
    private int run;

    JpegScan(Path file, byte[] in, Kind kind, int start) {
        this.file = file;
        this.in = in;
        this.kind = kind;
        this.position = start;
        restart(start);
    }

    /** Begins at a byte, as after a restart marker. */
    void restart(int start) {
        position = start;
        bits = 0;
        count = 0;
        loaded = 0;
        run = 0;
        ends[7] = start;
    }

    /** Behind the last byte that was used. */
    int end() {
        return ends[loaded - 1 - count / 8 & 7];
    }

    /** @param block number of the block in its component */
    void block(Component c, int block) {
        if (!kind.progressive) {
            int size = symbol(c.dc);
            skip(size);
            for (int k = 1; k < BLOCK; k++) {
                int code = symbol(c.ac);
                int zeros = code >> 4;
                if ((code & 15) != 0) {
                    k += zeros;
                    require(k < BLOCK);
                    skip(code & 15);
                } else if (zeros == 15) {
                    k += 15;
                } else {
                    break;
                }
            }
        } else if (kind.first == 0) {
            skip(kind.refines ? 1 : symbol(c.dc));
        } else if (kind.refines) {
            refine(c, block);
        } else {
            coefficients(c, block);
        }
    }

    private void coefficients(Component c, int block) {
        if (run > 0) {
            run--;
            return;
        }
        for (int k = kind.first; k <= kind.last; k++) {
            int code = symbol(c.ac);
            int zeros = code >> 4;
            if ((code & 15) != 0) {
                k += zeros;
                require(k <= kind.last);
                skip(code & 15);
                c.nonzero[block] |= 1L << k;
            } else if (zeros == 15) {
                k += 15;
            } else {
                run = (1 << zeros) + (int) take(zeros) - 1;
                break;
            }
        }
    }

    private void refine(Component c, int block) {
        int k = kind.first;
        if (run == 0) {
            for (; k <= kind.last; k++) {
                int code = symbol(c.ac);
                int zeros = code >> 4;
                require((code & 15) <= 1);
                boolean fresh = (code & 15) == 1;
                if (fresh) {
                    skip(1);
                } else if (zeros < 15) {
                    run = (1 << zeros) + (int) take(zeros);
                    break;
                }
                for (; k <= kind.last; k++) {
                    if ((c.nonzero[block] >> k & 1) != 0) {
                        skip(1);
                    } else if (--zeros < 0) {
                        break;
                    }
                }
                if (fresh) {
                    require(k <= kind.last);
                    c.nonzero[block] |= 1L << k;
                }
            }
        }
        if (run > 0) {
            long band = -1L << k & -1L >>> 63 - kind.last;
            skip(k > kind.last ? 0 : Long.bitCount(c.nonzero[block] & band));
            run--;
        }
    }

    private void require(boolean sound) {
        if (!sound) {
            throw ImageChecks.damaged(file, "its image data cannot be decoded");
        }
    }

    private int symbol(Table table) {
        load();
        int code = table.fast[
                count >= LOOKAHEAD
                        ? (int) (bits >>> count - LOOKAHEAD) & (1 << LOOKAHEAD) - 1
                        : (int) (bits << LOOKAHEAD - count) & (1 << LOOKAHEAD) - 1];
        int length = code >> 8;
        if (length > 0) {
            require(length <= count);
            count -= length;
            return code & 0xFF;
        }
        for (length = LOOKAHEAD + 1; length <= 16; length++) {
            require(length <= count);
            int longer = (int) (bits >>> count - length) & (1 << length) - 1;
            if (longer <= table.last[length]) {
                count -= length;
                return table.symbols[longer + table.offset[length]] & 0xFF;
            }
        }
        throw ImageChecks.damaged(file, "its image data cannot be decoded");
    }

    /** The next bits, up to 16. */
    private long take(int n) {
        load();
        require(n <= count);
        count -= n;
        return bits >>> count & (1L << n) - 1;
    }

    private void skip(int n) {
        for (int left = n; left > 0; left -= 16) {
            take(Math.min(left, 16));
        }
    }

    /** Bytes of the file as long as there is room; a byte of ones is followed by a 0, or it begins a marker. */
    private void load() {
        while (count <= 48 && position < in.length) {
            int next = position + 1;
            int value = in[position] & 0xFF;
            if (value == 0xFF) {
                while (next < in.length && (in[next] & 0xFF) == 0xFF) {
                    next++;
                }
                if (next >= in.length || in[next] != 0) {
                    return;
                }
                next++;
            }
            bits = bits << 8 | value;
            count += 8;
            position = next;
            ends[loaded++ & 7] = position;
        }
    }
}
