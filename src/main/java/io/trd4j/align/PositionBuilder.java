package io.trd4j.align;

import io.trd4j.model.Alignment;
import io.trd4j.ops.Retained;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Learns what is usual at each position from located normal parts (specification, section 9). Used once. */
public final class PositionBuilder implements AutoCloseable {
    /** Functions of the place, by which light differs: 1, x, y, x², xy, y². */
    private static final int PLACES = 6;
    /** Further functions, the directions in which normal parts differ most; fewer from few parts. */
    private static final int MOST_DIRECTIONS = 4;

    private static final int PARTS_PER_DIRECTION = 8;
    private static final int BLURS = Alignment.Positions.BLURS;
    private static final int DIRECTIONS = Alignment.Positions.DIRECTIONS;
    /** No position's deviation is below this share of the area's median one. */
    private static final float LEAST = 0.7f;

    /** Differences of so many usual ones are cut: more says nothing more, and edges reach it by a pixel. */
    private static final float CUT = 6;

    /** m (1 - m), m the share of parts without a point: up to this, a place counts in full; from the next on, half. */
    private static final float STEADY = 0.02f;

    private static final float UNSTEADY = 0.04f;

    private final Alignment alignment;
    private final int size;
    private final int pixels;
    private final PositionFilters filters;
    /** The area's pixels. */
    private final int[] area;

    private final List<float[][]> raw = new ArrayList<>();
    private final double[][] mapSum;
    private final double[][] mapSquares;
    /** Parts that are seen, and those of them without a point, per position. */
    private final int[] seen;

    private final int[] unmeasured;
    private final MeanPartFit colours;
    private final MeanPartFit heights;

    private int count;

    /** @param alignment without positions */
    public PositionBuilder(Alignment alignment) {
        this.alignment = alignment;
        size = alignment.size();
        pixels = size * size;
        filters = new PositionFilters(alignment);
        area = filters.area.indices();
        mapSum = new double[Alignment.Positions.MAPS][pixels];
        mapSquares = new double[Alignment.Positions.MAPS][pixels];
        seen = new int[pixels];
        unmeasured = new int[pixels];
        colours = new MeanPartFit(filters, alignment, 0);
        heights = new MeanPartFit(filters, alignment, PositionFilters.RELIEF);
    }

    /** Adds a normal part to learn from, as it was located last, and both branches' calibrated maps in the frame. */
    public void learn(Locator part, float[] rgb, float[] depth) {
        float[][] differences = new float[PositionFilters.CHANNELS][];
        filters.show(part);
        for (int c = 0; c < differences.length; c++) {
            differences[c] = filters.raw(c).clone();
        }
        raw.add(differences);
        for (int i = 0; i < pixels; i++) {
            seen[i] += part.seen()[i] ? 1 : 0;
            unmeasured[i] += part.seen()[i] && !part.measured()[i] ? 1 : 0;
        }
        colours.look(part);
        heights.look(part);
        for (int branch = 0; branch < mapSum.length; branch++) {
            float[] map = branch == 0 ? rgb : depth;
            for (int i = 0; i < pixels; i++) {
                mapSum[branch][i] += map[i];
                mapSquares[branch][i] += (double) map[i] * map[i];
            }
        }
        count++;
    }

    /** Per channel, so many times the usual difference. */
    private float[] cut() {
        float[] cut = new float[PositionFilters.CHANNELS];
        for (int c = 0; c < cut.length; c++) {
            float[] all = new float[count * ((area.length + 15) / 16)];
            int next = 0;
            for (float[][] part : raw) {
                for (int k = 0; k < area.length; k += 16) {
                    all[next++] = Math.abs(part[c][k]);
                }
            }
            Arrays.sort(all);
            cut[c] = CUT * 1.4826f * all[all.length / 2] + 1e-3f;
        }
        return cut;
    }

    private float[] basis(float[] cut) {
        int directions = Math.min(MOST_DIRECTIONS, count / PARTS_PER_DIRECTION);
        int functions = PLACES + directions;
        float[] dense = new float[PositionFilters.CHANNELS * functions * pixels];
        float[][] places = places();
        for (int c = 0; c < PositionFilters.CHANNELS; c++) {
            List<float[]> orthonormal = new ArrayList<>(Arrays.asList(places));
            float[][] parts = new float[count][];
            try (RobustFit fit = new RobustFit(places, area.length)) {
                for (int p = 0; p < count; p++) {
                    parts[p] = new float[area.length];
                    fit.rest(raw.get(p)[c], cut[c], false).get(parts[p]);
                }
            }
            orthonormal.addAll(Functions.directions(parts, directions));
            Functions.orthonormalise(orthonormal);
            for (int f = 0; f < functions; f++) {
                for (int k = 0; k < area.length; k++) {
                    dense[(c * functions + f) * pixels + area[k]] = orthonormal.get(f)[k];
                }
            }
        }
        return dense;
    }

    /** Parts learnt from. */
    public int count() {
        return count;
    }

    private float[][] places() {
        List<float[]> functions = new ArrayList<>();
        for (int f = 0; f < PLACES; f++) {
            functions.add(new float[area.length]);
        }
        for (int k = 0; k < area.length; k++) {
            float x = 2f * (area[k] % size) / size - 1;
            float y = 2f * (area[k] / size) / size - 1;
            float[] values = {1, x, y, x * x, x * y, y * y};
            for (int f = 0; f < PLACES; f++) {
                functions.get(f)[k] = values[f];
            }
        }
        Functions.orthonormalise(functions);
        return functions.toArray(float[][]::new);
    }

    /**
     * Everything but the limits, which are those of one map's scale until {@link #limits} sets them.
     *
     * @throws IllegalStateException before any part was learnt from
     */
    public Alignment.Positions build() {
        if (count == 0) {
            throw new IllegalStateException("no part was learnt from");
        }
        float[] cut = cut();
        float[] basis = basis(cut);
        filters.set(basis, cut);
        double[][] squares = squares();
        boolean byColour = colours.share() >= MeanPartFit.ENOUGH;
        boolean byRelief = heights.share() >= MeanPartFit.ENOUGH;
        float[] unsteady = unsteady();
        float[] deviation = new float[BLURS * pixels];
        float[] lineDeviation = new float[DIRECTIONS * pixels];
        for (int f = 0; f < squares.length; f++) {
            boolean ofRelief = f >= PositionFilters.blur(PositionFilters.COLOUR_FILTERS) && f < BLURS;
            if (ofRelief ? byRelief : byColour) { // 0 does not count
                float[] spread = spread(squares[f], 1.5);
                for (int i = 0; i < pixels; i++) {
                    spread[i] *= 1 + unsteady[i];
                }
                boolean line = f >= BLURS;
                System.arraycopy(spread, 0, line ? lineDeviation : deviation, (line ? f - BLURS : f) * pixels, pixels);
            }
        }
        float[] mapMean = new float[mapSum.length * pixels];
        float[] mapDeviation = new float[mapSum.length * pixels];
        for (int branch = 0; branch < mapSum.length; branch++) {
            double[] variance = new double[pixels];
            for (int i = 0; i < pixels; i++) {
                double mean = mapSum[branch][i] / count;
                mapMean[branch * pixels + i] = (float) mean;
                variance[i] = Math.max(0, mapSquares[branch][i] - count * mean * mean);
            }
            System.arraycopy(spread(variance, 3), 0, mapDeviation, branch * pixels, pixels);
        }
        float[] limits = new float[2 * Alignment.Positions.LIMITS];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = i % 2;
        }
        return new Alignment.Positions(basis, cut, deviation, lineDeviation, mapMean, mapDeviation, limits);
    }

    /** Sums of squares over the parts, of each blurred difference, then of each direction's lines. */
    private double[][] squares() {
        double[][] squares = new double[BLURS + DIRECTIONS][pixels];
        float[] filtered = new float[area.length];
        float[] lines = new float[DIRECTIONS * area.length];
        try (FloatPointer eachLine = Retained.of(new FloatPointer((long) lines.length))) {
            for (float[][] part : raw) {
                for (int c = 0; c < PositionFilters.CHANNELS; c++) {
                    filters.difference(part[c], c);
                }
                colours.add(filters.rest(0));
                heights.add(filters.rest(PositionFilters.RELIEF));
                for (int f = 0; f < PositionFilters.FILTERS; f++) {
                    if (f != PositionFilters.LINES) {
                        filters.filter(f);
                        filters.filtered(f).get(filtered);
                        addSquares(filtered, 0, squares[PositionFilters.blur(f)]);
                    }
                }
                filters.eachLine(eachLine);
                eachLine.get(lines);
                for (int d = 0; d < DIRECTIONS; d++) {
                    addSquares(lines, d * area.length, squares[BLURS + d]);
                }
            }
        }
        return squares;
    }

    /**
     * Where points come and go from part to part, edges hide what is behind them, one pose more than another: there,
     * normal parts differ seldom but much. 0 to 1.
     */
    private float[] unsteady() {
        float[] spread = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            float missing = (float) unmeasured[i] / Math.max(1, seen[i]);
            spread[i] = missing * (1 - missing);
        }
        float[] smooth = filters.smooth(spread, 3.0 * size / 256);
        for (int i = 0; i < pixels; i++) {
            smooth[i] = Math.max(0, Math.min(1, (smooth[i] - STEADY) / (UNSTEADY - STEADY)));
        }
        return smooth;
    }

    private void addSquares(float[] values, int start, double[] squares) {
        for (int k = 0; k < area.length; k++) {
            squares[area[k]] += (double) values[start + k] * values[start + k];
        }
    }

    /**
     * A standard deviation from sums of squares over the parts: smoothed, and nowhere below a share of its median.
     *
     * @param sigma of the Gaussian, in 256ths of the frame's side
     */
    private float[] spread(double[] sums, double sigma) {
        float[] variance = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            variance[i] = (float) (sums[i] / count);
        }
        float[] spread = filters.smooth(variance, sigma * size / 256);
        for (int i = 0; i < pixels; i++) {
            spread[i] = (float) Math.sqrt(Math.max(0, spread[i]));
        }
        float[] sorted = new float[area.length];
        for (int k = 0; k < area.length; k++) {
            sorted[k] = spread[area[k]];
        }
        Arrays.sort(sorted);
        float least = Math.max(LEAST * sorted[sorted.length / 2], 1e-6f);
        for (int i = 0; i < pixels; i++) {
            spread[i] = Math.max(spread[i], least);
        }
        return spread;
    }

    /**
     * Sets the limits from the highest places of normal parts, others than were learnt from where there are such.
     *
     * @param peaks per part, see {@link PositionScores#peaks}; at least one part
     */
    public static Alignment.Positions limits(Alignment.Positions positions, List<float[]> peaks) {
        return limits(positions, peaks, 0);
    }

    /**
     * Sets the limits of the three maps, when the others are set.
     *
     * @param peaks per part, see {@link PositionScores#mapPeaks}; at least one part
     */
    public static Alignment.Positions mapLimits(Alignment.Positions positions, List<float[]> peaks) {
        return limits(positions, peaks, Alignment.Positions.MAPS + 1 + PositionFilters.FILTERS);
    }

    private static Alignment.Positions limits(Alignment.Positions positions, List<float[]> peaks, int first) {
        float[] limits = positions.limits().clone();
        float[] values = new float[peaks.size()];
        for (int channel = first; channel < first + peaks.get(0).length; channel++) {
            for (int p = 0; p < values.length; p++) {
                values[p] = peaks.get(p)[channel - first];
            }
            Arrays.sort(values);
            float median = values[values.length / 2];
            limits[2 * channel] = median;
            float spread = values[Math.min(values.length - 1, (int) (0.84 * values.length))] - median;
            // Of few parts the spread may be nothing by chance.
            limits[2 * channel + 1] = Math.max(spread, 0.05f * Math.abs(median) + 1e-3f);
        }
        return positions.with(positions.mapMean(), positions.mapDeviation(), limits);
    }

    @Override
    public void close() {
        filters.close();
    }
}
