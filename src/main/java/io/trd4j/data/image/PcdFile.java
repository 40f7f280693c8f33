package io.trd4j.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * PCL's PCD: ascii, binary (little-endian) and binary_compressed; of its fields x, y and z are read, of its data what
 * the points take.
 */
final class PcdFile {
    private static final int MAX_HEADER_BYTES = 1 << 16;
    /** LZF: three bytes can stand for 264. */
    private static final int MAX_LZF_RATIO = 88;

    private static final int MAX_FIELDS = 1024;
    private static final int MAX_POINT_BYTES = 1 << 16;

    private final Path file;
    private final byte[] bytes;
    private final Map<String, String[]> header = new HashMap<>();
    private int position;

    /** Of a field: its index among the values of a point, its first byte, its type. */
    private record Field(int index, int offset, int count, SampleType type) {}

    private PcdFile(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    static Grid read(Path file, byte[] bytes) {
        return new PcdFile(file, bytes).grid();
    }

    private Grid grid() {
        header();
        long width = number("WIDTH", 0, 0);
        long height = number("HEIGHT", 0, 1);
        ImageChecks.checkSize(file, width, height, TiffFile.MAX_POINTS);
        int n = (int) (width * height);
        String[] names = header.getOrDefault("FIELDS", new String[0]);
        Map<String, Field> fields = new HashMap<>();
        long pointBytes = 0;
        int values = 0;
        for (int i = 0; i < names.length && i <= MAX_FIELDS; i++) {
            long size = number("SIZE", i, 4);
            long count = number("COUNT", i, 1);
            String kind = i < header.getOrDefault("TYPE", new String[0]).length ? header.get("TYPE")[i] : "F";
            SampleType type = SampleType.of(kind.equals("F"), kind.equals("I"), 8 * size);
            if (type == null || i == MAX_FIELDS || pointBytes + size * count > MAX_POINT_BYTES) {
                throw ImageChecks.damaged(file, "impossible values in its header");
            }
            fields.put(names[i], new Field(values, (int) pointBytes, (int) count, type));
            pointBytes += size * count;
            values += (int) count;
        }
        Field[] xyz = {fields.get("x"), fields.get("y"), fields.get("z")};
        for (Field field : xyz) {
            if (field == null || field.count != 1) {
                throw ImageChecks.notXyz(file, "is a PCD without the fields x, y and z");
            }
        }
        float[] points = new float[0];
        String data = header.get("DATA").length > 0 ? header.get("DATA")[0] : "";
        switch (data) {
            case "ascii" -> {
                requireBytes(2L * n * values - 1);
                points = new float[3 * n];
                ascii(points, xyz, n, values);
            }
            case "binary" -> {
                requireBytes(n * pointBytes);
                points = new float[3 * n];
                ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < points.length; i++) {
                    Field f = xyz[i % 3];
                    points[i] = (float) f.type.get(in, position + (int) (i / 3 * pointBytes) + f.offset);
                }
            }
            case "binary_compressed" -> {
                ByteBuffer in = ByteBuffer.wrap(uncompressed(n * pointBytes)).order(ByteOrder.LITTLE_ENDIAN);
                points = new float[3 * n];
                // Field after field: all x, then all y, …
                for (int i = 0; i < points.length; i++) {
                    Field f = xyz[i % 3];
                    points[i] = (float) f.type.get(in, n * f.offset + i / 3 * f.type.bytes);
                }
            }
            default -> throw ImageChecks.damaged(file, "no kind of PCD data that is known");
        }
        return new Grid(file, (int) width, (int) height, 3, points, xyz[2].type);
    }

    private void ascii(float[] points, Field[] xyz, int n, int values) {
        AsciiNumbers text = new AsciiNumbers(file, bytes, position);
        for (int i = 0; i < n; i++) {
            for (int v = 0; v < values; v++) {
                double value = text.next();
                for (int axis = 0; axis < 3; axis++) {
                    if (xyz[axis].index == v) {
                        points[3 * i + axis] = (float) value;
                    }
                }
            }
        }
    }

    private void header() {
        while (!header.containsKey("DATA")) {
            int start = position;
            while (position < bytes.length && position < MAX_HEADER_BYTES && bytes[position] != '\n') {
                position++;
            }
            if (position == bytes.length || position == MAX_HEADER_BYTES) {
                throw ImageChecks.damaged(file, "its header does not end");
            }
            String line = new String(bytes, start, position - start, StandardCharsets.ISO_8859_1).strip();
            position++;
            String[] words = line.split("\\s+", 2);
            if (!line.isEmpty() && !line.startsWith("#")) {
                header.put(words[0], words.length < 2 ? new String[0] : words[1].split("\\s+"));
            }
        }
    }

    private long number(String key, int index, long missing) {
        String[] values = header.get(key);
        if (values == null && missing > 0) {
            return missing;
        }
        if (values == null || index >= values.length || !values[index].matches("\\d{1,9}")) {
            throw ImageChecks.damaged(file, "impossible values in its header");
        }
        return Long.parseLong(values[index]);
    }

    private void requireBytes(long n) {
        if (n > bytes.length - position) {
            throw ImageChecks.damaged(file, "it ends before its last point");
        }
    }

    private byte[] uncompressed(long expected) {
        requireBytes(8);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long stored = in.getInt(position) & 0xFFFFFFFFL;
        long whole = in.getInt(position + 4) & 0xFFFFFFFFL;
        position += 8;
        requireBytes(stored);
        // As PCL does: what follows the points is no part of them.
        if (whole < expected || whole > Integer.MAX_VALUE - 8 || whole / MAX_LZF_RATIO > stored) {
            throw ImageChecks.damaged(file, "its compressed data have another size than its points");
        }
        byte[] out = new byte[(int) whole];
        lzf((int) stored, out);
        return out;
    }

    /** LZF: runs of literal bytes, and copies of up to 264 bytes from up to 8 KiB before. */
    private void lzf(int stored, byte[] out) {
        int end = position + stored;
        int written = 0;
        while (position < end) {
            int control = bytes[position++] & 0xFF;
            if (control < 32) {
                int n = control + 1;
                if (n > end - position || n > out.length - written) {
                    throw undecodable();
                }
                System.arraycopy(bytes, position, out, written, n);
                position += n;
                written += n;
                continue;
            }
            int n = (control >> 5) + 2;
            if (n == 9 && position < end) {
                n += bytes[position++] & 0xFF;
            }
            if (position == end) {
                throw undecodable();
            }
            int from = written - ((control & 0x1F) << 8) - (bytes[position++] & 0xFF) - 1;
            if (from < 0 || n > out.length - written) {
                throw undecodable();
            }
            // Byte by byte: what is copied may have been written by the same copy.
            for (int i = 0; i < n; i++) {
                out[written++] = out[from++];
            }
        }
        if (written < out.length) {
            throw undecodable();
        }
    }

    private RuntimeException undecodable() {
        return ImageChecks.damaged(file, "its points cannot be decompressed");
    }
}
