package io.trd4j.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Files that were sound, changed as damage and attackers change them; the same for the same random numbers. */
final class Mutations {
    private static final int MAX_BYTES = 1 << 20;
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        2,
        0x7F,
        0x80,
        0xFF,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x10000,
        0x7FFFFFFF,
        0x80000000L,
        0xFFFFFFFFL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1 << 24,
        1 << 28,
        10_000,
        100_000
    };
    private static final List<String> TOKENS = List.of(
            "-1",
            "0",
            "1e999",
            "-1e999",
            "1e-999",
            "NaN",
            "Infinity",
            "9223372036854775808",
            "4294967296",
            "65536",
            "null",
            "true",
            "[]",
            "{}",
            "\"\"",
            "\"NaN\"",
            ",",
            "}",
            "]",
            "[[[[[[[[",
            "\u0000",
            "\n",
            "\u001b[31m",
            "\u2028",
            "=1+1",
            "\uFEFF",
            "'",
            "\"",
            "<script>");

    private final Random random;
    private final List<byte[]> seeds;

    Mutations(Random random, List<byte[]> seeds) {
        this.random = random;
        this.seeds = seeds;
    }

    /** One of the files, changed in one to four ways. */
    byte[] next() {
        byte[] bytes = seed().clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes = changed(bytes);
            if (bytes.length > MAX_BYTES) {
                bytes = Arrays.copyOf(bytes, MAX_BYTES);
            }
        }
        return bytes;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return seed().clone();
        }
        int at = at(bytes);
        int length = 1 + random.nextInt(Math.min(bytes.length - at, 1 << random.nextInt(10)));
        return switch (random.nextInt(11)) {
            case 0 -> flipped(bytes);
            case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> with(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length)); // a piece twice
            case 3 -> with(bytes, at, length, new byte[0]);
            case 4 -> spliced(bytes);
            case 5, 6 -> integer(bytes, at);
            case 7 -> number(bytes);
            case 8 -> with(bytes, at, random.nextInt(3), token().getBytes(StandardCharsets.UTF_8));
            case 9 -> repeated(bytes, at, Math.min(length, 16));
            default -> {
                byte[] noise = new byte[length];
                random.nextBytes(noise);
                yield with(bytes, at, length, noise);
            }
        };
    }

    /** Often near the beginning, where headers are. */
    private int at(byte[] bytes) {
        return random.nextInt(random.nextBoolean() ? bytes.length : Math.min(bytes.length, 128));
    }

    private String token() {
        return TOKENS.get(random.nextInt(TOKENS.size()));
    }

    private byte[] flipped(byte[] bytes) {
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            bytes[at(bytes)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] spliced(byte[] bytes) {
        byte[] other = seed();
        int from = random.nextInt(other.length);
        return with(bytes, at(bytes), bytes.length, Arrays.copyOfRange(other, from, other.length));
    }

    private byte[] integer(byte[] bytes, int at) {
        long value = EXTREMES[random.nextInt(EXTREMES.length)];
        int size = 1 << random.nextInt(4);
        boolean little = random.nextBoolean();
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >> 8 * (little ? i : size - 1 - i));
        }
        return bytes;
    }

    /** A number in a text, where there is one. */
    private byte[] number(byte[] bytes) {
        int start = at(bytes);
        for (int i = 0; i < bytes.length && !isDigit(bytes[start]); i++) {
            start = (start + 1) % bytes.length;
        }
        int end = start;
        while (end < bytes.length && isDigit(bytes[end])) {
            end++;
        }
        return with(bytes, start, end - start, token().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9' || b == '.';
    }

    private byte[] repeated(byte[] bytes, int at, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1 << random.nextInt(13); i > 0; i--) {
            out.write(bytes, at, Math.min(length, bytes.length - at));
        }
        return with(bytes, at, 0, out.toByteArray());
    }

    private static byte[] with(byte[] bytes, int at, int instead, byte[] piece) {
        int rest = Math.min(bytes.length, at + instead);
        byte[] out = Arrays.copyOf(bytes, at + piece.length + bytes.length - rest);
        System.arraycopy(piece, 0, out, at, piece.length);
        System.arraycopy(bytes, rest, out, at + piece.length, bytes.length - rest);
        return out;
    }
}
