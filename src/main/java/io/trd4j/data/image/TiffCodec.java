package io.trd4j.data.image;

import io.trd4j.io.InputException;
import io.trd4j.io.OptionalLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decompresses one strip or tile of a TIFF. */
final class TiffCodec {
    static final int NONE = 1;
    static final int LZW = 5;
    static final int JPEG = 7;
    static final int DEFLATE = 8;
    static final int DEFLATE_OLD = 32946;
    static final int PACKBITS = 32773;
    static final int ZSTD = 50000;

    private static final String READABLE = "none, LZW, deflate, ZSTD, PackBits";
    private static final Map<Integer, String> OTHERS = Map.of(
            2, "CCITT (fax)",
            3, "CCITT (fax)",
            4, "CCITT (fax)",
            6, "old JPEG",
            34712, "JPEG 2000",
            34887, "LERC",
            34925, "LZMA",
            50001, "WebP",
            50002, "JPEG XL");

    private static final int LZW_CODES = 4096;
    private static final int LZW_CLEAR = 256;
    private static final int LZW_END = 257;

    private final Path file;
    private final byte[] in;
    private Lzw lzw;

    TiffCodec(Path file, byte[] in) {
        this.file = file;
        this.in = in;
    }

    /** The table of codes, made once for all strips. */
    private static final class Lzw {
        private final int[] prefix = new int[LZW_CODES];
        private final int[] length = new int[LZW_CODES];
        private final byte[] first = new byte[LZW_CODES];
        private final byte[] last = new byte[LZW_CODES];

        Lzw() {
            for (int i = 0; i < LZW_CLEAR; i++) {
                first[i] = last[i] = (byte) i;
                length[i] = 1;
            }
        }
    }

    /** Decompresses strips or tiles, one after the other. */
    final class Open implements AutoCloseable {
        private Inflater inflater;

        private Open() {}

        /**
         * Decompresses {@code count} bytes from {@code offset}.
         *
         * @param expected bytes that come out at least; more are left out
         * @throws InputException when there are fewer, or they cannot be decompressed
         */
        byte[] decode(long compression, int offset, int count, int expected) {
            byte[] out;
            switch ((int) compression) {
                case NONE -> {
                    if (count < expected) {
                        throw tooShort(file);
                    }
                    out = Arrays.copyOfRange(in, offset, offset + expected);
                }
                case LZW -> {
                    out = new byte[expected];
                    lzw(offset, count, out);
                }
                case PACKBITS -> {
                    out = new byte[expected];
                    packBits(file, in, offset, count, out);
                }
                case ZSTD -> out = zstd(file, in, offset, count, expected);
                default -> {
                    out = new byte[expected];
                    inflater = inflater == null ? new Inflater() : inflater;
                    inflate(file, inflater, in, offset, count, out);
                }
            }
            return out;
        }

        @Override
        public void close() {
            if (inflater != null) {
                inflater.end();
            }
        }
    }

    /** To be closed after the last strip or tile. */
    Open open() {
        return new Open();
    }

    static boolean isDeflate(long compression) {
        return compression == DEFLATE || compression == DEFLATE_OLD;
    }

    static boolean known(long compression) {
        return compression == NONE
                || compression == LZW
                || compression == JPEG
                || isDeflate(compression)
                || compression == PACKBITS
                || compression == ZSTD;
    }

    /** Whether a predictor may stand before the compression; elsewhere the tag means nothing. */
    static boolean predicts(long compression) {
        return compression == LZW || isDeflate(compression) || compression == ZSTD;
    }

    static InputException unknown(Path file, long compression) {
        String title = OTHERS.get((int) compression);
        return new InputException(
                file + " uses TIFF compression " + compression + (title == null ? "" : " (" + title + ")")
                        + ", which is not supported; save it with one of: " + READABLE);
    }

    /** How many bytes one stored byte can become at most. */
    static long largestRatio(long compression) {
        return switch ((int) compression) {
            case NONE -> 1;
            case LZW -> 2800; // a 12-bit code stands for fewer than 4096 bytes
            case PACKBITS -> 128;
            case JPEG -> Long.MAX_VALUE;
            case ZSTD -> 1 << 16; // a block of 4 bytes can stand for 128 KiB of one value
            default -> ImageChecks.MAX_DEFLATE_RATIO;
        };
    }

    private static void inflate(Path file, Inflater inflater, byte[] in, int offset, int count, byte[] out) {
        try {
            inflater.reset();
            inflater.setInput(in, offset, count);
            int total = 0;
            while (total < out.length) {
                int n = inflater.inflate(out, total, out.length - total);
                if (n == 0) {
                    throw tooShort(file);
                }
                total += n;
            }
            // The checksum comes after the last byte: one more call verifies it. Padding is harmless.
            inflater.inflate(new byte[1]);
        } catch (DataFormatException e) {
            throw undecodable(file);
        }
    }

    /** Codes of 9 to 12 bits, the highest bit first; a width grows one code early. */
    private void lzw(int offset, int count, byte[] out) {
        if (count > 1 && in[offset] == 0 && (in[offset + 1] & 1) == 1) {
            throw new InputException(file + " uses LZW of before TIFF 5.0; save it with another program");
        }
        lzw = lzw == null ? new Lzw() : lzw;
        int[] prefix = lzw.prefix;
        int[] length = lzw.length;
        byte[] first = lzw.first;
        byte[] last = lzw.last;
        int next = LZW_END + 1;
        int width = 9;
        int previous = -1;
        int pending = 0;
        int bits = 0;
        int written = 0;
        int position = offset;
        while (written < out.length) {
            while (bits < width) {
                if (position == offset + count) {
                    throw tooShort(file);
                }
                pending = pending << 8 | in[position++] & 0xFF;
                bits += 8;
            }
            bits -= width;
            int code = pending >>> bits;
            pending &= (1 << bits) - 1;
            if (code == LZW_END) {
                throw tooShort(file);
            }
            if (code == LZW_CLEAR) {
                next = LZW_END + 1;
                width = 9;
                previous = -1;
                continue;
            }
            if (code > next || code >= LZW_CLEAR && (previous < 0 || code == next && next == LZW_CODES)) {
                throw undecodable(file);
            }
            if (previous >= 0 && next < LZW_CODES) {
                prefix[next] = previous;
                first[next] = first[previous];
                last[next] = code == next ? first[previous] : first[code];
                length[next] = length[previous] + 1;
                next++;
                if (next == (1 << width) - 1 && width < 12) {
                    width++;
                }
            }
            int end = written + length[code];
            for (int at = end - 1, c = code; at >= written; at--, c = prefix[c]) {
                if (at < out.length) {
                    out[at] = last[c];
                }
            }
            written = end;
            previous = code;
        }
    }

    private static void packBits(Path file, byte[] in, int offset, int count, byte[] out) {
        int position = offset;
        int written = 0;
        while (written < out.length) {
            if (position >= offset + count - 1) {
                throw tooShort(file);
            }
            int control = in[position++];
            if (control >= 0) {
                int n = Math.min(control + 1, out.length - written);
                if (n > offset + count - position) {
                    throw tooShort(file);
                }
                System.arraycopy(in, position, out, written, n);
                position += control + 1;
                written += n;
            } else if (control != -128) {
                int n = Math.min(1 - control, out.length - written);
                Arrays.fill(out, written, written + n, in[position++]);
                written += n;
            }
        }
    }

    private static byte[] zstd(Path file, byte[] in, int offset, int count, int expected) {
        OptionalLibrary.ZSTD.require();
        try {
            byte[] out = Zstd.decode(in, offset, count, expected);
            if (out.length < expected) {
                throw tooShort(file);
            }
            return out;
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new InputException(
                    file + " is compressed with ZSTD, which needs sun.misc.Unsafe; start Java with "
                            + "--sun-misc-unsafe-memory-access=allow, or save the file with deflate",
                    e);
        } catch (IOException e) {
            throw undecodable(file);
        }
    }

    private static InputException tooShort(Path file) {
        return ImageChecks.damaged(file, "a TIFF strip is too short");
    }

    private static InputException undecodable(Path file) {
        return ImageChecks.damaged(file, "a TIFF strip cannot be decompressed");
    }
}
