package io.trd4j.align;

import io.trd4j.model.Alignment;

/**
 * Scores of a located part at every position, in units of normal parts (specification, section 9): both branches' maps
 * by their mean and deviation at that position, and the filtered differences from the mean normal part. All are brought
 * to one scale, on which {@link #USUAL} is the highest place of a typical normal part and one more is how far normal
 * parts spread; a soft maximum joins them. Used by one thread at a time.
 */
public final class PositionScores implements AutoCloseable {
    /** The highest place of a typical normal part. */
    public static final float USUAL = 4;

    /** Of the soft maximum t ln sum exp(s / t). */
    private static final float SOFTNESS = 2;

    private static final float MOST = 150;

    private final Alignment.Positions positions;
    private final PositionFilters filters;
    private final int pixels;

    /** @param alignment of a model, with positions */
    public PositionScores(Alignment alignment) {
        positions = alignment.positions();
        pixels = alignment.size() * alignment.size();
        filters = new PositionFilters(alignment);
        filters.set(positions.basis(), positions.cut());
    }

    /**
     * Scores every position.
     *
     * @param part as it was located last
     * @param combined S x S, filled
     * @param rgb calibrated map in the frame, S x S; replaced by scores
     * @param depth the same of the second branch
     */
    public void apply(Locator part, float[] combined, float[] rgb, float[] depth) {
        evidence(part, combined, rgb, depth);
        scale(combined, 0);
        scale(rgb, 1);
        scale(depth, 2);
    }

    /** The three maps before they are brought to one scale: soft maxima, smoothed. */
    private void evidence(Locator part, float[] combined, float[] rgb, float[] depth) {
        map(rgb, 0);
        map(depth, 1);
        for (int c = 0; c < PositionFilters.CHANNELS; c++) {
            if (c == PositionFilters.RELIEF ? part.hasRelief() : part.hasColour()) {
                filters.difference(part, c);
            }
        }
        for (int f = 0; f < PositionFilters.FILTERS; f++) {
            boolean colour = f < PositionFilters.COLOUR_FILTERS;
            if (colour ? part.hasColour() : part.hasRelief()) {
                add(f, colour ? rgb : depth);
            }
        }
        for (int i = 0; i < pixels; i++) {
            combined[i] = SOFTNESS * (float) Math.log(rgb[i] + depth[i]);
            rgb[i] = SOFTNESS * (float) Math.log(rgb[i]);
            depth[i] = SOFTNESS * (float) Math.log(depth[i]);
        }
        filters.smoothMap(combined);
        filters.smoothMap(rgb);
        filters.smoothMap(depth);
    }

    private void scale(float[] map, int index) {
        int channel = Alignment.Positions.MAPS + PositionFilters.FILTERS + index;
        float factor = factor(channel);
        float offset = offset(channel);
        for (int i = 0; i < pixels; i++) {
            map[i] = factor * map[i] + offset;
        }
    }

    /**
     * The highest places of the three maps on a part, before they are brought to one scale: from these the last three
     * of {@link Alignment.Positions#limits} are set, when the others are known.
     */
    public float[] mapPeaks(Locator part, float[] combined, float[] rgb, float[] depth) {
        evidence(part, combined, rgb, depth);
        return new float[] {highest(part, combined), highest(part, rgb), highest(part, depth)};
    }

    private static float highest(Locator part, float[] map) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < map.length; i++) {
            if (part.seen()[i]) {
                highest = Math.max(highest, map[i]);
            }
        }
        return highest;
    }

    /**
     * Of each map and each filtered difference, in its own units, the highest place on a part: from these the scales of
     * {@link Alignment.Positions#limits} are set.
     *
     * @param rgb calibrated map in the frame, S x S
     * @param depth the same of the second branch
     */
    public float[] peaks(Locator part, float[] rgb, float[] depth) {
        float[] peaks = new float[Alignment.Positions.MAPS + PositionFilters.FILTERS];
        for (int branch = 0; branch < Alignment.Positions.MAPS; branch++) {
            float[] map = branch == 0 ? rgb : depth;
            float peak = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < pixels; i++) {
                if (part.seen()[i]) {
                    peak = Math.max(peak, deviations(map, branch, i));
                }
            }
            peaks[branch] = peak;
        }
        for (int c = 0; c < PositionFilters.CHANNELS; c++) {
            filters.difference(part, c);
        }
        for (int f = 0; f < PositionFilters.FILTERS; f++) {
            float[] filtered = filters.filter(f);
            float peak = 0;
            for (int i : filters.area) {
                peak = Math.max(peak, Math.abs(filtered[i]) / positions.deviation()[f * pixels + i]);
            }
            peaks[Alignment.Positions.MAPS + f] = peak;
        }
        return peaks;
    }

    private float deviations(float[] map, int branch, int i) {
        return (map[i] - positions.mapMean()[branch * pixels + i]) / positions.mapDeviation()[branch * pixels + i];
    }

    private void map(float[] map, int branch) {
        float offset = offset(branch);
        float factor = factor(branch);
        for (int i = 0; i < pixels; i++) {
            map[i] = soft(factor * deviations(map, branch, i) + offset);
        }
    }

    private void add(int filter, float[] map) {
        float[] filtered = filters.filter(filter);
        float[] deviation = positions.deviation();
        float offset = offset(Alignment.Positions.MAPS + filter);
        float factor = factor(Alignment.Positions.MAPS + filter);
        for (int i : filters.area) {
            map[i] += soft(factor * Math.abs(filtered[i]) / deviation[filter * pixels + i] + offset);
        }
    }

    /** Sums of these are soft maxima; far beyond any defect's score they stay finite. */
    private static float soft(float score) {
        return (float) Math.exp(Math.min(score, MOST) / SOFTNESS);
    }

    private float factor(int channel) {
        return 1 / positions.limits()[2 * channel + 1];
    }

    private float offset(int channel) {
        return USUAL - positions.limits()[2 * channel] * factor(channel);
    }

    @Override
    public void close() {
        filters.close();
    }
}
