package io.trd4j.train;

import io.trd4j.calibrate.PreparedParts;
import java.util.Locale;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Notices that colour images and second images of the training parts do not show the same view, because one of them is
 * stored mirrored or turned: the edges of both then match better when one is turned. Looks at up to 8 parts; says
 * nothing where edges match in several ways, as of symmetric parts, or in none.
 */
final class PairCheck {
    private static final int MAX_PARTS = 8;
    private static final int SIDE = 64;
    /** Edges at the border are the image's, not the part's. */
    private static final int BORDER = 3;
    /** Mean correlation of edges by which another view must be better, and that it must have. */
    private static final double BETTER = 0.1;

    private static final double ALIKE = 0.3;
    /** The ways in which a square can be turned: bit 0 mirrors columns, 1 mirrors rows, 2 exchanges both. */
    private static final String[] VIEWS = {
        "as they are",
        "mirrored left to right",
        "mirrored top to bottom",
        "turned by 180 degrees",
        "mirrored along the diagonal",
        "turned by a quarter",
        "turned by a quarter the other way",
        "mirrored along the other diagonal"
    };

    private PairCheck() {}

    /**
     * @param size S, that of the parts' images
     * @return one line, the doubt and what to do; null when there is none
     */
    static String of(PreparedParts parts, int size) {
        int used = Math.min(parts.count(), MAX_PARTS);
        double[][] correlations = new double[used][];
        for (int i = 0; i < used; i++) {
            int part = (int) ((long) i * parts.count() / used);
            correlations[i] = correlations(edges(parts.image(part, 0), size), edges(parts.image(part, 1), size));
        }
        return doubt(correlations);
    }

    /** @param correlations of each part, for each of the views */
    static String doubt(double[][] correlations) {
        int best = 0;
        for (int view = 1; view < VIEWS.length; view++) {
            best = mean(correlations, view) > mean(correlations, best) ? view : best;
        }
        int better = 0;
        for (double[] part : correlations) {
            better += part[best] > part[0] + BETTER / 2 ? 1 : 0;
        }
        boolean doubtful = mean(correlations, best) > ALIKE
                && mean(correlations, best) > mean(correlations, 0) + BETTER
                && better >= 0.75 * correlations.length;
        return doubtful
                ? String.format(
                        Locale.ROOT,
                        "colour images and points (or normals) seem to show different views: their edges match better "
                                + "(correlation %.2f, now %.2f, of %d parts) when one is %s; look at a pair, and store "
                                + "both alike",
                        mean(correlations, best),
                        mean(correlations, 0),
                        correlations.length,
                        VIEWS[best])
                : null;
    }

    private static double mean(double[][] correlations, int view) {
        double sum = 0;
        for (double[] part : correlations) {
            sum += part[view];
        }
        return sum / Math.max(1, correlations.length);
    }

    private static float[] edges(FloatPointer image, int size) {
        float[] values = new float[3 * size * size];
        image.get(values);
        return edges(values, size);
    }

    /**
     * Magnitude of the gradient, smoothed so that edges that lie a little apart match.
     *
     * @param image S x S x 3
     * @return SIDE x SIDE
     */
    static float[] edges(float[] image, int size) {
        float[] grey = new float[SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int left = x * size / SIDE;
                int top = y * size / SIDE;
                int right = Math.max(left + 1, (x + 1) * size / SIDE);
                int bottom = Math.max(top + 1, (y + 1) * size / SIDE);
                double sum = 0;
                for (int v = top; v < bottom; v++) {
                    for (int i = 3 * (v * size + left); i < 3 * (v * size + right); i++) {
                        sum += image[i];
                    }
                }
                grey[y * SIDE + x] = (float) (sum / ((bottom - top) * (right - left)));
            }
        }
        float[] magnitude = new float[grey.length];
        for (int y = 1; y < SIDE - 1; y++) {
            for (int x = 1; x < SIDE - 1; x++) {
                int i = y * SIDE + x;
                magnitude[i] = (float) Math.hypot(grey[i + 1] - grey[i - 1], grey[i + SIDE] - grey[i - SIDE]);
            }
        }
        float[] smooth = new float[grey.length];
        for (int y = 1; y < SIDE - 1; y++) {
            for (int x = 1; x < SIDE - 1; x++) {
                for (int i = 0; i < 9; i++) {
                    smooth[y * SIDE + x] += magnitude[(y + i / 3 - 1) * SIDE + x + i % 3 - 1] / 9;
                }
            }
        }
        return smooth;
    }

    /** Of one part's edges, the second's in each of the views. */
    static double[] correlations(float[] rgb, float[] second) {
        double[] correlations = new double[VIEWS.length];
        for (int view = 0; view < VIEWS.length; view++) {
            double a = 0;
            double b = 0;
            double aa = 0;
            double bb = 0;
            double ab = 0;
            int n = 0;
            for (int y = BORDER; y < SIDE - BORDER; y++) {
                for (int x = BORDER; x < SIDE - BORDER; x++) {
                    double p = rgb[y * SIDE + x];
                    double q = second[turned(view, x, y)];
                    a += p;
                    b += q;
                    aa += p * p;
                    bb += q * q;
                    ab += p * q;
                    n++;
                }
            }
            double product = (aa - a * a / n) * (bb - b * b / n);
            correlations[view] = product > 0 ? (ab - a * b / n) / Math.sqrt(product) : 0;
        }
        return correlations;
    }

    /** Which pixel of a view lies at x, y. */
    static int turned(int view, int x, int y) {
        int column = (view & 4) == 0 ? x : y;
        int row = (view & 4) == 0 ? y : x;
        return ((view & 2) == 0 ? row : SIDE - 1 - row) * SIDE + ((view & 1) == 0 ? column : SIDE - 1 - column);
    }
}
