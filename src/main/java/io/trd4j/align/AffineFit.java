package io.trd4j.align;

import java.util.Arrays;

/**
 * Lays a part's image over a reference by Gauss-Newton steps, inverse compositional (Baker and Matthews, Lucas-Kanade
 * 20 Years On, 2004): gradients are those of the reference, computed once. Pixels that differ most count least (Huber),
 * as what differs may be the defect; brightness and contrast, and a difference of height, are taken out. Used again for
 * the next part, by one thread.
 */
final class AffineFit {
    private static final int PIXELS = 2500;
    private static final int STEPS = 12;
    /** A step whose corners move less, in pixels, is the last one of its level. */
    private static final double STILL = 0.01;

    private static final double HUBER = 1.345;
    /** Pixels of which the residuals' spread is taken. */
    private static final int SORTED = 400;

    /** Share of a pixel that must be measured. */
    private static final float KNOWN = 0.6f;

    private static final int UNKNOWNS = 6;
    /** Fewer pixels that are in both images decide nothing. */
    private static final int MIN_PIXELS = 60;

    private final int n;
    private final Guide[][] guides = new Guide[PartImage.LEVELS][];
    private final Affine scaled = new Affine();
    private final Affine step = new Affine();
    private final double[][] normal = new double[UNKNOWNS][UNKNOWNS + 1];
    private final double[] solution = new double[UNKNOWNS];
    private double agreement;

    /** One channel of the reference at one level: the pixels with the largest gradients, evenly spread. */
    private final class Guide {
        final boolean colour;
        final int side;
        final int[] pixels;
        final float[] values;
        /** Gradient times the six motions, per pixel. */
        final float[] jacobian;

        final float[] seen;
        final float[] sorted;

        Guide(float[] image, boolean colour, int side, boolean[] area) {
            this.colour = colour;
            this.side = side;
            float[] slope = new float[side * side];
            int inside = 0;
            for (int y = 1; y < side - 1; y++) {
                for (int x = 1; x < side - 1; x++) {
                    int i = y * side + x;
                    if (area[Math.min(n - 1, y * n / side) * n + Math.min(n - 1, x * n / side)]) {
                        slope[i] = Math.abs(image[i + 1] - image[i - 1]) + Math.abs(image[i + side] - image[i - side]);
                        inside++;
                    }
                }
            }
            float[] ordered = slope.clone();
            Arrays.sort(ordered);
            // The steepest fifth of the area.
            float limit = Math.max(ordered[ordered.length - Math.max(1, inside / 5)], Float.MIN_NORMAL);
            int steep = 0;
            for (float s : slope) {
                steep += s >= limit ? 1 : 0;
            }
            int every = Math.max(1, (steep + PIXELS - 1) / PIXELS);
            int[] chosen = new int[steep / every + 1];
            int count = 0;
            int met = 0;
            for (int i = 0; i < slope.length; i++) {
                if (slope[i] >= limit && met++ % every == 0) {
                    chosen[count++] = i;
                }
            }
            pixels = Arrays.copyOf(chosen, count);
            values = new float[count];
            seen = new float[count];
            sorted = new float[count];
            jacobian = new float[UNKNOWNS * count];
            double half = side / 2.0;
            for (int k = 0; k < count; k++) {
                int i = pixels[k];
                values[k] = image[i];
                float gx = (image[i + 1] - image[i - 1]) / 2;
                float gy = (image[i + side] - image[i - side]) / 2;
                float u = (float) ((i % side + 0.5 - half) / half);
                float v = (float) ((i / side + 0.5 - half) / half);
                int at = UNKNOWNS * k;
                jacobian[at] = gx * u;
                jacobian[at + 1] = gx * v;
                jacobian[at + 2] = gx;
                jacobian[at + 3] = gy * u;
                jacobian[at + 4] = gy * v;
                jacobian[at + 5] = gy;
            }
        }

        /**
         * Looks at the part's pixels; NaN outside its image and where most was not measured.
         *
         * @param known share that was measured; null = all
         * @return how many were seen
         */
        int look(float[] image, float[] known, int imageSide, Affine map) {
            int count = 0;
            for (int k = 0; k < pixels.length; k++) {
                int px = pixels[k] % side;
                int py = pixels[k] / side;
                float x = (float) map.x(px, py);
                float y = (float) map.y(px, py);
                if (x >= 0
                        && y >= 0
                        && x < imageSide - 1
                        && y < imageSide - 1
                        && (known == null || known[(int) (y + 0.5f) * imageSide + (int) (x + 0.5f)] > KNOWN)) {
                    int left = (int) x;
                    int top = (int) y;
                    seen[k] = PartImage.between(image, imageSide, top * imageSide + left, x - left, y - top);
                    count++;
                } else {
                    seen[k] = Float.NaN;
                }
            }
            return count;
        }

        /** Takes brightness, contrast and offset of the part out; the correlation before that. */
        double level(int count) {
            double s = 0;
            double r = 0;
            for (int k = 0; k < seen.length; k++) {
                if (!Float.isNaN(seen[k])) {
                    s += seen[k];
                    r += values[k];
                }
            }
            s /= count;
            r /= count;
            double ss = 0;
            double rr = 0;
            double sr = 0;
            for (int k = 0; k < seen.length; k++) {
                if (!Float.isNaN(seen[k])) {
                    ss += (seen[k] - s) * (seen[k] - s);
                    rr += (values[k] - r) * (values[k] - r);
                    sr += (seen[k] - s) * (values[k] - r);
                }
            }
            double correlation = sr / Math.max(1e-12, Math.sqrt(ss * rr));
            double gain = colour ? Math.max(0.5, Math.min(2, Math.sqrt(rr / Math.max(1e-12, ss)))) : 1;
            for (int k = 0; k < seen.length; k++) {
                seen[k] = (float) (gain * (seen[k] - s) + r);
            }
            return correlation;
        }

        /** Adds the weighted normal equations; the weight of a pixel is Huber's over the residuals' variance. */
        void add(int count) {
            // Of every few pixels, as sorting them all would take longer than the rest of a step.
            int every = Math.max(1, count / SORTED);
            int next = 0;
            for (int k = 0; k < seen.length; k += every) {
                if (!Float.isNaN(seen[k])) {
                    sorted[next++] = Math.abs(seen[k] - values[k]);
                }
            }
            Arrays.sort(sorted, 0, next);
            double spread = Math.max(1.4826 * sorted[next / 2], 1e-6);
            double inverse = 1 / (spread * spread);
            for (int k = 0; k < seen.length; k++) {
                if (Float.isNaN(seen[k])) {
                    continue;
                }
                double residual = seen[k] - values[k];
                double weight = inverse * Math.min(1, HUBER * spread / Math.max(1e-12, Math.abs(residual)));
                int at = UNKNOWNS * k;
                for (int i = 0; i < UNKNOWNS; i++) {
                    double wj = weight * jacobian[at + i];
                    for (int j = i; j < UNKNOWNS; j++) {
                        normal[i][j] += wj * jacobian[at + j];
                    }
                    normal[i][UNKNOWNS] += wj * residual;
                }
            }
        }
    }

    /**
     * @param reference in the frame that parts are laid over
     * @param area n x n, where it guides
     */
    AffineFit(PartImage reference, boolean[] area) {
        n = reference.n;
        for (int level = 0; level < PartImage.LEVELS; level++) {
            int side = reference.side(level);
            guides[level] = new Guide[] {
                reference.hasRelief ? new Guide(reference.relief[level], false, side, area) : null,
                reference.hasColour ? new Guide(reference.luminance[level], true, side, area) : null
            };
        }
    }

    /**
     * Improves a map from the reference's pixels to the part's.
     *
     * @param byColour whether colours guide although there is relief
     * @return whether there was enough to see
     */
    boolean refine(PartImage part, Affine map, boolean byColour) {
        double ratio = 1.0 * part.n / n;
        for (int level = PartImage.LEVELS - 1; level >= 0; level--) {
            double share = 1.0 / (1 << level);
            scaled.rescale(map, share, share);
            for (int i = 0; i < STEPS; i++) {
                double moved = step(part, level, byColour);
                if (Double.isNaN(moved)) {
                    // Small images have too few pixels on coarse levels; they begin on a finer one.
                    if (level == 0) {
                        return false;
                    }
                    break;
                }
                if (moved < STILL * Math.max(1, ratio)) {
                    break;
                }
            }
            map.rescale(scaled, 1 << level, 1 << level);
        }
        return true;
    }

    /** Correlation of part and reference where the reference has edges, at the last step. */
    double agreement() {
        return agreement;
    }

    private double step(PartImage part, int level, boolean byColour) {
        for (double[] line : normal) {
            Arrays.fill(line, 0);
        }
        // Relief alone where there is any: edges of colour wander with the light on what shines.
        Guide guide = part.hasRelief && guides[level][0] != null && !byColour
                ? guides[level][0]
                : part.hasColour ? guides[level][1] : null;
        boolean any = false;
        agreement = 0;
        if (guide != null) {
            float[] image = (guide.colour ? part.luminance : part.relief)[level];
            float[] known = guide.colour ? null : part.known[level];
            int count = guide.look(image, known, part.side(level), scaled);
            if (count >= MIN_PIXELS) {
                agreement = guide.level(count);
                guide.add(count);
                any = true;
            }
        }
        if (!any || !solve()) {
            return Double.NaN;
        }
        double half = (n >> level) / 2.0;
        // The motion of the reference's pixels, whose inverse moves the part's.
        double c = solution[2] - (solution[0] + solution[1]) * (half - 0.5) / half;
        double f = solution[5] - (solution[3] + solution[4]) * (half - 0.5) / half;
        step.set(1 + solution[0] / half, solution[1] / half, c, solution[3] / half, 1 + solution[4] / half, f);
        if (!(Math.abs(step.determinant()) > 0.25)) {
            return Double.NaN;
        }
        step.invert(step);
        scaled.after(step);
        double moved = 0;
        for (double s : solution) {
            moved = Math.max(moved, Math.abs(s));
        }
        return moved;
    }

    /** By elimination, after a little of the diagonal was added: where nothing shows a motion, there is none. */
    private boolean solve() {
        for (int i = 0; i < UNKNOWNS; i++) {
            for (int j = 0; j < i; j++) {
                normal[i][j] = normal[j][i];
            }
        }
        double trace = 0;
        for (int i = 0; i < UNKNOWNS; i++) {
            trace += normal[i][i];
        }
        if (!(trace > 0) || Double.isInfinite(trace)) {
            return false;
        }
        for (int i = 0; i < UNKNOWNS; i++) {
            normal[i][i] += 1e-4 * trace / UNKNOWNS;
        }
        for (int column = 0; column < UNKNOWNS; column++) {
            for (int line = column + 1; line < UNKNOWNS; line++) {
                double factor = normal[line][column] / normal[column][column];
                for (int k = column; k <= UNKNOWNS; k++) {
                    normal[line][k] -= factor * normal[column][k];
                }
            }
        }
        for (int line = UNKNOWNS - 1; line >= 0; line--) {
            double sum = normal[line][UNKNOWNS];
            for (int k = line + 1; k < UNKNOWNS; k++) {
                sum -= normal[line][k] * solution[k];
            }
            solution[line] = sum / normal[line][line];
        }
        return true;
    }
}
