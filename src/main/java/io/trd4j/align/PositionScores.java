package io.trd4j.align;

import io.trd4j.model.Alignment;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.PositionBranch;
import io.trd4j.ops.PositionOps;
import io.trd4j.ops.Retained;
import io.trd4j.ops.Workspace;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Scores of a located part at every position, in units of normal parts (specification, section 9): both branches' maps
 * by their mean and deviation at that position, and the filtered differences from the mean normal part. All are brought
 * to one scale, on which {@link #USUAL} is the highest place of a typical normal part and one more is how far normal
 * parts spread; a soft maximum joins them. Used by one thread at a time.
 */
public final class PositionScores implements AutoCloseable {
    /** The highest place of a typical normal part. */
    public static final float USUAL = 4;

    /** Of the maps' Gaussian, in 256ths of the frame's side. */
    private static final double MAP = 1;

    private static final int MAPS = Alignment.Positions.MAPS;
    /** Of the limits, that of both maps' sum, and the first one of a filter. */
    private static final int SUM = MAPS;

    private static final int FIRST_FILTER = SUM + 1;

    private final Alignment.Positions positions;
    private final PositionFilters filters;
    private final int size;
    private final int pixels;

    /** Whether colours, and whether heights, are compared with the mean part's. */
    private final boolean byColour;

    private final boolean byRelief;

    private final OpTarget exec = OpTarget.cpu();
    private final FloatPointer mean;
    private final FloatPointer scale;
    private final FloatPointer filterScale;
    private final FloatPointer filterOffset;
    /** Of the colours and of the second image. */
    private final PositionBranch[] branches = new PositionBranch[MAPS];

    private final Workspace workspace;

    /** @param alignment of a model, with positions */
    public PositionScores(Alignment alignment) {
        positions = alignment.positions();
        size = alignment.size();
        pixels = size * size;
        filters = new PositionFilters(alignment);
        filters.set(positions.basis(), positions.cut());
        filters.lines(positions.lineDeviation());
        byColour = positions.byColour();
        byRelief = positions.byRelief();
        mean = Retained.of(new FloatPointer(positions.mapMean()));
        scale = Retained.of(new FloatPointer((long) MAPS * pixels));
        int area = filters.area.pixels();
        filterScale = Retained.of(new FloatPointer((long) PositionFilters.FILTERS * area));
        filterOffset = Retained.of(new FloatPointer((long) PositionFilters.FILTERS));
        for (int branch = 0; branch < MAPS; branch++) {
            scale.position((long) branch * pixels)
                    .put(scales(positions.mapDeviation(), branch * pixels, pixels, factor(branch)));
        }
        float[] packed = new float[area];
        for (int f = 0; f < PositionFilters.FILTERS; f++) {
            deviation(f, packed);
            filterScale.position((long) f * area).put(scales(packed, 0, area, factor(FIRST_FILTER + f)));
            filterOffset.put(f, offset(FIRST_FILTER + f));
        }
        scale.position(0);
        filterScale.position(0);
        for (int branch = 0; branch < MAPS; branch++) {
            int first = branch == 0 ? 0 : PositionFilters.COLOUR_FILTERS;
            branches[branch] = new PositionBranch(
                    mean.getPointer((long) branch * pixels),
                    scale.getPointer((long) branch * pixels),
                    offset(branch),
                    filters.filtered().getPointer((long) first * area),
                    filterScale.getPointer((long) first * area),
                    filterOffset.getPointer(first));
            branches[branch].share(factor(SUM) / factor(branch));
        }
        workspace = PositionOps.scoresWorkspace(filters.area);
    }

    /** Of a filter on the area; lines have theirs already. */
    private void deviation(int filter, float[] packed) {
        if (filter == PositionFilters.LINES) {
            Arrays.fill(packed, 1);
        } else {
            filters.pack(positions.deviation(), PositionFilters.blur(filter) * pixels, packed);
        }
    }

    /** Scores per unit; 0, what does not count, for a deviation of 0. */
    private static float[] scales(float[] deviation, int start, int count, float factor) {
        float[] scales = new float[count];
        for (int i = 0; i < count; i++) {
            scales[i] = deviation[start + i] > 0 ? factor / deviation[start + i] : 0;
        }
        return scales;
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
        int joined = FIRST_FILTER + PositionFilters.FILTERS;
        for (int branch = 0; branch < MAPS; branch++) {
            branches[branch].line(factor(joined + 1 + branch), offset(joined + 1 + branch));
        }
        join(part, combined, rgb, depth, factor(joined), offset(joined));
    }

    /** The three maps, soft maxima, smoothed and on their lines. */
    private void join(Locator part, float[] combined, float[] rgb, float[] depth, float factor, float offset) {
        filter(part);
        branches[0].filters(byColour && part.hasColour() ? PositionFilters.COLOUR_FILTERS : 0);
        branches[1].filters(
                byRelief && part.hasRelief() ? PositionFilters.FILTERS - PositionFilters.COLOUR_FILTERS : 0);
        PositionOps.scores(
                exec,
                filters.area,
                branches[0],
                branches[1],
                combined,
                rgb,
                depth,
                offset(SUM),
                factor,
                offset,
                MAP * size / 256,
                workspace);
    }

    private void filter(Locator part) {
        filters.show(part);
        for (int c = 0; c < PositionFilters.CHANNELS; c++) {
            if (c == PositionFilters.RELIEF ? byRelief : byColour) {
                filters.difference(c);
            }
        }
        for (int f = 0; f < PositionFilters.FILTERS; f++) {
            if (counts(f)) {
                filters.filter(f);
            }
        }
    }

    private boolean counts(int filter) {
        return filter < PositionFilters.COLOUR_FILTERS ? byColour : byRelief;
    }

    /**
     * The highest places of the three maps on a part, before they are brought to one scale: from these the last three
     * of {@link Alignment.Positions#limits} are set, when the others are known.
     */
    public float[] mapPeaks(Locator part, float[] combined, float[] rgb, float[] depth) {
        for (PositionBranch branch : branches) {
            branch.line(1, 0);
        }
        join(part, combined, rgb, depth, 1, 0);
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
     * Of each map, their sum and each filtered difference, in its own units, the highest place on a part: from these
     * the scales of {@link Alignment.Positions#limits} are set.
     *
     * @param rgb calibrated map in the frame, S x S
     * @param depth the same of the second branch
     */
    public float[] peaks(Locator part, float[] rgb, float[] depth) {
        float[] peaks = new float[FIRST_FILTER + PositionFilters.FILTERS];
        Arrays.fill(peaks, 0, FIRST_FILTER, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < pixels; i++) {
            if (part.seen()[i]) {
                float first = deviations(rgb, 0, i);
                float second = deviations(depth, 1, i);
                peaks[0] = Math.max(peaks[0], first);
                peaks[1] = Math.max(peaks[1], second);
                peaks[SUM] = Math.max(peaks[SUM], first + second);
            }
        }
        filter(part);
        float[] filtered = new float[filters.area.pixels()];
        float[] deviation = new float[filters.area.pixels()];
        for (int f = 0; f < PositionFilters.FILTERS; f++) {
            if (!counts(f)) {
                continue;
            }
            filters.filtered(f).get(filtered);
            deviation(f, deviation);
            float peak = 0;
            for (int k = 0; k < filtered.length; k++) {
                peak = Math.max(peak, Math.abs(filtered[k]) / deviation[k]);
            }
            peaks[FIRST_FILTER + f] = peak;
        }
        return peaks;
    }

    private float deviations(float[] map, int branch, int i) {
        return (map[i] - positions.mapMean()[branch * pixels + i]) / positions.mapDeviation()[branch * pixels + i];
    }

    private float factor(int channel) {
        return 1 / positions.limits()[2 * channel + 1];
    }

    private float offset(int channel) {
        return USUAL - positions.limits()[2 * channel] * factor(channel);
    }

    @Override
    public void close() {
        workspace.close();
        for (PositionBranch branch : branches) {
            branch.close();
        }
        filterOffset.close();
        filterScale.close();
        scale.close();
        mean.close();
        filters.close();
        exec.close();
    }
}
