package io.trd4j.outline;

/** Looks into a reference from a part's pixels, at a pose. */
final class Sampler {
    private final Pose pose;
    private final int n;
    private final double cos;
    private final double across;
    private final double down;

    /** @param n pixels along each side, of the part and of the reference */
    Sampler(Pose pose, int n) {
        this(pose, n, 1);
    }

    /**
     * The same where a pixel is not square.
     *
     * @param aspect its height over its width
     */
    Sampler(Pose pose, int n, double aspect) {
        this.pose = pose;
        this.n = n;
        cos = Math.cos(pose.angle());
        across = Math.sin(pose.angle()) * aspect;
        down = Math.sin(pose.angle()) / aspect;
    }

    /**
     * Reads what the reference shows where the part has a pixel.
     *
     * @param reference its n x n pixels of {@link PartView#CHANNELS}
     * @param x the part's column
     * @param y the part's row
     */
    void sample(float[] reference, int x, int y, float[] to) {
        double dx = x + 0.5 - n * pose.x();
        double dy = y + 0.5 - n * pose.y();
        interpolate(
                reference,
                n,
                (float) (cos * dx + across * dy + n * pose.referenceX() - 0.5),
                (float) (cos * dy - down * dx + n * pose.referenceY() - 0.5),
                to);
    }

    /**
     * Interpolates n x n pixels of {@link PartView#CHANNELS} between their centres; beyond the border its values
     * continue. Pixels that are NaN do not count; NaN where none counts.
     *
     * @param atX column, 0 = the first pixel's centre
     */
    private static void interpolate(float[] values, int n, float atX, float atY, float[] to) {
        float x = Math.max(0, Math.min(n - 1, atX));
        float y = Math.max(0, Math.min(n - 1, atY));
        int left = Math.min((int) x, n - 2);
        int top = Math.min((int) y, n - 2);
        float fx = x - left;
        float fy = y - top;
        int at = PartView.CHANNELS * (top * n + left);
        int below = at + PartView.CHANNELS * n;
        float w00 = (1 - fx) * (1 - fy);
        float w01 = fx * (1 - fy);
        float w10 = (1 - fx) * fy;
        float w11 = fx * fy;
        for (int c = 0; c < PartView.CHANNELS; c++) {
            float v00 = values[at + c];
            float v01 = values[at + PartView.CHANNELS + c];
            float v10 = values[below + c];
            float v11 = values[below + PartView.CHANNELS + c];
            float mean = w00 * v00 + w01 * v01 + w10 * v10 + w11 * v11;
            to[c] = Float.isNaN(mean) ? valid(v00, w00, v01, w01, v10, w10, v11, w11) : mean;
        }
    }

    private static float valid(float v00, float w00, float v01, float w01, float v10, float w10, float v11, float w11) {
        float sum = 0;
        float weight = 0;
        if (!Float.isNaN(v00)) {
            sum += w00 * v00;
            weight += w00;
        }
        if (!Float.isNaN(v01)) {
            sum += w01 * v01;
            weight += w01;
        }
        if (!Float.isNaN(v10)) {
            sum += w10 * v10;
            weight += w10;
        }
        if (!Float.isNaN(v11)) {
            sum += w11 * v11;
            weight += w11;
        }
        return weight > 0 ? sum / weight : Float.NaN;
    }
}
