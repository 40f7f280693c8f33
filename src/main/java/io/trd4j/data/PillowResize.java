package io.trd4j.data;

/**
 * Resizes 8-bit images bit for bit as Pillow's {@code resize(BILINEAR)}: a triangle filter whose support grows with the
 * reduction (so it antialiases), in fixed point, columns first, rounded to 8 bit between the passes.
 *
 * <p>Holds its coefficients and buffers for one input size; used by one thread at a time.
 */
final class PillowResize {
    private static final int PRECISION_BITS = 32 - 8 - 2;
    private static final int HALF = 1 << (PRECISION_BITS - 1);

    final int width;
    final int height;
    private final int size;
    private final int channels;
    private final Axis across;
    private final Axis down;
    private final byte[] between;

    /** From {@code width x height} to {@code size x size}, {@code channels} interleaved samples per pixel. */
    PillowResize(int width, int height, int size, int channels) {
        this.width = width;
        this.height = height;
        this.size = size;
        this.channels = channels;
        this.across = new Axis(width, size);
        this.down = new Axis(height, size);
        this.between = new byte[Math.multiplyExact(Math.multiplyExact(size, channels), height)];
    }

    void resize(byte[] in, byte[] out) {
        int row = size * channels;
        if (width == size) {
            System.arraycopy(in, 0, between, 0, between.length);
        } else {
            for (int y = 0; y < height; y++) {
                int from = y * width * channels;
                for (int x = 0; x < size; x++) {
                    weigh(in, from + across.first[x] * channels, channels, across, x, between, y * row + x * channels,
                            channels);
                }
            }
        }
        if (height == size) {
            System.arraycopy(between, 0, out, 0, between.length);
        } else {
            for (int y = 0; y < size; y++) {
                weigh(between, down.first[y] * row, row, down, y, out, y * row, row);
            }
        }
    }

    /** For {@code n} neighbouring samples: weighted sums over samples {@code stride} apart. */
    private static void weigh(byte[] in, int from, int stride, Axis axis, int i, byte[] out, int to, int n) {
        int taps = axis.taps[i];
        int weights = i * axis.maxTaps;
        for (int c = 0; c < n; c++) {
            int sum = HALF;
            for (int k = 0, p = from + c; k < taps; k++, p += stride) {
                sum += (in[p] & 0xFF) * axis.weights[weights + k];
            }
            out[to + c] = (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
        }
    }

    /** For each output position: the first input position, how many, and their fixed-point weights. */
    private static final class Axis {
        final int maxTaps;
        final int[] first;
        final int[] taps;
        final int[] weights;

        Axis(int in, int out) {
            double scale = (double) in / out;
            double support = Math.max(scale, 1);
            maxTaps = (int) Math.ceil(support) * 2 + 1;
            first = new int[out];
            taps = new int[out];
            weights = new int[Math.multiplyExact(out, maxTaps)];
            double[] w = new double[maxTaps];
            for (int i = 0; i < out; i++) {
                double centre = (i + 0.5) * scale;
                first[i] = Math.max(0, (int) (centre - support + 0.5));
                taps[i] = Math.min(in, (int) (centre + support + 0.5)) - first[i];
                double sum = 0;
                for (int k = 0; k < taps[i]; k++) {
                    w[k] = Math.max(0, 1 - Math.abs((k + first[i] - centre + 0.5) * (1 / support)));
                    sum += w[k];
                }
                for (int k = 0; k < taps[i]; k++) {
                    weights[i * maxTaps + k] = (int) (0.5 + w[k] / sum * (1 << PRECISION_BITS));
                }
            }
        }
    }
}
