package io.trd4j.data.image;

import io.trd4j.io.InputException;
import io.trd4j.io.OneLine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** NumPy's {@code .npy}, versions 1 to 3: one array of numbers. */
final class NpyFile {
    private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([<>=|])?([fiu])(\\d+)'");
    private static final Pattern DESCRIPTION = Pattern.compile("'descr':\\s*('[^']*'|\\[)");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*True");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d, L]*)\\)");

    /** NumPy itself reads no more than 10000. */
    private static final int MAX_HEADER_BYTES = 1 << 16;

    private static final int MAX_DIMENSIONS = 32;

    private NpyFile() {}

    static Grid read(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = bytes.length > 7 && bytes[6] > 1;
        int headerAt = wide ? 12 : 10;
        if (bytes.length < headerAt) {
            throw ImageChecks.damaged(file, "it ends inside its header");
        }
        long headerBytes = wide ? in.getInt(8) & 0xFFFFFFFFL : in.getShort(8) & 0xFFFF;
        if (headerBytes > bytes.length - headerAt) {
            throw ImageChecks.damaged(file, "it ends inside its header");
        }
        if (headerBytes > MAX_HEADER_BYTES) {
            throw ImageChecks.damaged(file, "its header has " + headerBytes + " bytes");
        }
        String header = new String(bytes, headerAt, (int) headerBytes, StandardCharsets.ISO_8859_1);
        SampleType type = type(file, header, in);
        long[] shape = shape(file, header);
        boolean planes = shape.length == 3 && shape[0] == 3 && shape[2] != 3;
        boolean cloud = shape.length == 3 && (planes || shape[2] == 3);
        boolean list = shape.length == 2 && shape[1] == 3;
        boolean depth = !list && (shape.length == 2 || shape.length == 3 && shape[2] == 1);
        if (!cloud && !list && !depth) {
            throw ImageChecks.notXyz(file, "is a NumPy array of the shape " + text(shape));
        }
        long height = list ? 1 : planes ? shape[1] : shape[0];
        long width = list ? shape[0] : planes ? shape[2] : shape[1];
        int channels = depth ? 1 : 3;
        ImageChecks.checkSize(file, width, height, TiffFile.MAX_POINTS);
        int n = (int) (width * height * channels);
        int at = headerAt + (int) headerBytes;
        if ((long) n * type.bytes > bytes.length - at) {
            throw ImageChecks.damaged(file, "it ends before the last number of its array " + text(shape));
        }
        float[] values = new float[n];
        if (FORTRAN.matcher(header).find()) {
            fortran(values, shape, type, in, at);
        } else {
            for (int i = 0; i < n; i++) {
                values[i] = (float) type.get(in, at + i * type.bytes);
            }
        }
        return new Grid(file, (int) width, (int) height, channels, planes ? Grid.interleaved(values) : values, type);
    }

    private static SampleType type(Path file, String header, ByteBuffer in) {
        Matcher match = TYPE.matcher(header);
        SampleType type = !match.find() || match.group(3).length() > 2
                ? null
                : SampleType.of(
                        match.group(2).equals("f"), match.group(2).equals("i"), 8 * Long.parseLong(match.group(3)));
        if (type == null) {
            Matcher description = DESCRIPTION.matcher(header);
            String what = !description.find()
                    ? "an unreadable type"
                    : description.group(1).equals("[")
                            ? "named fields"
                            : "the type " + OneLine.start(description.group(1));
            throw ImageChecks.notXyz(file, "is a NumPy array of " + what + ", not of floats or integers");
        }
        if (">".equals(match.group(1))) {
            in.order(ByteOrder.BIG_ENDIAN);
        }
        return type;
    }

    /** Without leading dimensions of 1, as a batch of one part has. */
    private static long[] shape(Path file, String header) {
        Matcher match = SHAPE.matcher(header);
        if (!match.find()) {
            throw ImageChecks.damaged(file, "no shape in its header");
        }
        String[] numbers = Stream.of(match.group(1).split("[, L]+"))
                .filter(s -> !s.isEmpty())
                .toArray(String[]::new);
        if (numbers.length > MAX_DIMENSIONS) {
            throw ImageChecks.notXyz(file, "is a NumPy array of " + numbers.length + " dimensions");
        }
        long[] shape = new long[numbers.length];
        for (int i = 0; i < shape.length; i++) {
            if (numbers[i].length() > 9) {
                throw new InputException(file + " has an array of the shape ("
                        + OneLine.start(match.group(1).strip())
                        + "), more than the 32 million points supported; crop it or reduce its resolution");
            }
            shape[i] = Long.parseLong(numbers[i]);
        }
        int ones = 0;
        while (shape.length - ones > 3 && shape[ones] == 1) {
            ones++;
        }
        return Arrays.copyOfRange(shape, ones, shape.length);
    }

    /** The first index runs fastest in the file. */
    private static void fortran(float[] values, long[] shape, SampleType type, ByteBuffer in, int at) {
        int[] index = new int[shape.length];
        for (int i = 0; i < values.length; i++) {
            int to = 0;
            for (int d = 0; d < shape.length; d++) {
                to = to * (int) shape[d] + index[d];
            }
            values[to] = (float) type.get(in, at + i * type.bytes);
            for (int d = 0; d < shape.length && ++index[d] == shape[d]; d++) {
                index[d] = 0;
            }
        }
    }

    private static String text(long[] shape) {
        StringBuilder out = new StringBuilder();
        for (long side : shape) {
            out.append(out.length() == 0 ? "" : " x ").append(side);
        }
        return out.length() == 0 ? "of one number" : out.toString();
    }
}
