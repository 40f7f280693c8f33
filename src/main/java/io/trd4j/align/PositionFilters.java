package io.trd4j.align;

import io.trd4j.io.InputException;
import io.trd4j.model.Alignment;
import io.trd4j.ops.Area;
import io.trd4j.ops.OpTarget;
import io.trd4j.ops.PositionOps;
import io.trd4j.ops.Retained;
import io.trd4j.ops.Workspace;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Differences of a located part from the mean normal part: per channel (brightness, red minus green, yellow minus blue;
 * relief), without the part of the difference by which normal parts differ everywhere at once, filtered at the scales
 * at which defects differ (specification, section 9). Used by one thread at a time.
 */
final class PositionFilters implements AutoCloseable {
    /** Channels that are compared: three of the colours, then the relief. */
    static final int CHANNELS = 4;

    static final int RELIEF = 3;
    static final int FILTERS = Alignment.Positions.FILTERS;
    /** Of the filters, those of the colours. */
    static final int COLOUR_FILTERS = 5;
    /** The last one of these, lines of brightness such as scratches and cracks; the others are blurred differences. */
    static final int LINES = COLOUR_FILTERS - 1;

    /**
     * Per blurred difference its channel, its Gaussian's deviation in 256ths of the frame's side, and the filter it is
     * less, or -1.
     */
    private static final int[][] BLURS = {
        {0, 2, -1}, {1, 2, -1}, {2, 2, -1}, {2, 4, -1}, {3, 1, -1}, {3, 2, -1}, {3, 5, 6}
    };

    /** Gaussians of lines across and along, in 256ths of the frame's side; at least so many pixels. */
    private static final double ACROSS = 1.2;

    private static final double LEAST_ACROSS = 1;
    private static final double ALONG = 6;
    private static final double LEAST_ALONG = 4;

    private final int size;
    final Area area;
    private final float[][] mean = new float[CHANNELS][];
    private final RobustFit[] fits = new RobustFit[CHANNELS];
    private float[] cut;

    private final OpTarget exec = OpTarget.cpu();
    /** Red, green, blue and relief on the area. */
    private final float[][] planes;

    private Locator part;
    private final float[] packed;
    private final FloatPointer[] differences = new FloatPointer[CHANNELS];
    private final FloatPointer filtered;
    /** One filter's part of them. */
    private final FloatPointer[] filters = new FloatPointer[FILTERS];

    /** Scores per unit of each direction's lines on the area; null before {@link #lines} sets them. */
    private FloatPointer lineScale;

    private final double across;
    private final double along;
    private final Workspace workspace;
    private final Workspace lineWorkspace;

    /** Without functions, and nothing cut. */
    PositionFilters(Alignment alignment) {
        size = alignment.size();
        area = area(alignment);
        planes = new float[Alignment.CHANNELS][area.pixels()];
        take(alignment.mean());
        for (int c = 0; c < CHANNELS; c++) {
            mean[c] = new float[area.pixels()];
            value(c, mean[c]);
        }
        packed = new float[area.pixels()];
        filtered = Retained.of(new FloatPointer((long) FILTERS * area.pixels()));
        for (int f = 0; f < FILTERS; f++) {
            filters[f] = filtered.getPointer((long) f * area.pixels());
        }
        workspace = PositionOps.areaFilterWorkspace(size);
        across = Math.max(LEAST_ACROSS, ACROSS * size / 256);
        along = Math.max(LEAST_ALONG, ALONG * size / 256);
        lineWorkspace = PositionOps.lineFilterWorkspace(size, along);
    }

    private static Area area(Alignment alignment) {
        try {
            return new Area(alignment.area(), alignment.size());
        } catch (IllegalArgumentException e) {
            throw new InputException("the model's alignment.area marks no pixel as the part's; train the model again");
        }
    }

    /** @param dense 4 x K x S x S functions; @param limits per channel, see {@link Alignment.Positions#cut} */
    void set(float[] dense, float[] limits) {
        cut = limits;
        int pixels = size * size;
        int functions = dense.length / (CHANNELS * pixels);
        for (int c = 0; c < CHANNELS; c++) {
            float[][] basis = new float[functions][area.pixels()];
            for (int f = 0; f < functions; f++) {
                pack(dense, (c * functions + f) * pixels, basis[f]);
            }
            if (fits[c] != null) {
                fits[c].close();
            }
            fits[c] = new RobustFit(basis, area.pixels());
        }
    }

    /** The area's pixels of an image that starts at an element. */
    void pack(float[] image, int start, float[] values) {
        int next = 0;
        for (int run = 0; run < area.runs(); run++) {
            System.arraycopy(image, start + area.first(run), values, next, area.length(run));
            next += area.length(run);
        }
    }

    /** Takes what a located part, or the mean one, shows on the area: {@link #value} is of it. */
    private void take(float[] planar) {
        for (int c = 0; c < planes.length; c++) {
            pack(planar, c * size * size, planes[c]);
        }
    }

    /** A compared channel of what was taken. */
    private void value(int channel, float[] values) {
        float[] red = planes[0];
        float[] green = planes[1];
        float[] blue = planes[2];
        switch (channel) {
            case 0 -> {
                for (int k = 0; k < values.length; k++) {
                    values[k] = (red[k] + green[k] + blue[k]) / 3;
                }
            }
            case 1 -> {
                for (int k = 0; k < values.length; k++) {
                    values[k] = red[k] - green[k];
                }
            }
            case 2 -> {
                for (int k = 0; k < values.length; k++) {
                    values[k] = (red[k] + green[k]) / 2 - blue[k];
                }
            }
            default -> System.arraycopy(planes[RELIEF], 0, values, 0, values.length);
        }
    }

    /** Takes a located part, whose differences are asked for next. */
    void show(Locator located) {
        part = located;
        take(part.channels());
    }

    /** The shown part's difference from the mean in a channel on the area, 0 where it shows none; as it is. */
    float[] raw(int channel) {
        if (!(channel == RELIEF ? part.hasRelief() : part.hasColour())) {
            Arrays.fill(packed, 0);
            return packed;
        }
        value(channel, packed);
        float[] usual = mean[channel];
        for (int k = 0; k < packed.length; k++) {
            packed[k] -= usual[k];
        }
        boolean[] valid = channel == RELIEF ? part.measured() : part.seen();
        for (int run = 0, k = 0; run < area.runs(); run++) {
            int end = area.first(run) + area.length(run);
            for (int i = area.first(run); i < end; i++, k++) {
                if (!valid[i]) {
                    packed[k] = 0;
                }
            }
        }
        return packed;
    }

    /** Takes out of {@link #raw} by which normal parts differ; fills the channel's difference. */
    void difference(int channel) {
        difference(raw(channel), channel);
    }

    /** The same of a difference as {@link #raw} gave it: 0 exactly where nothing was seen. */
    void difference(float[] raw, int channel) {
        differences[channel] = fits[channel].rest(raw, cut[channel], true);
    }

    /** The blurred difference of a filter among those of {@link Alignment.Positions#deviation}. */
    static int blur(int filter) {
        return filter < LINES ? filter : filter - 1;
    }

    /** Each direction's lines are measured by these deviations from now on; 12 x S x S, 0 = does not count. */
    void lines(float[] deviation) {
        if (lineScale != null) {
            lineScale.close();
        }
        lineScale = Retained.of(new FloatPointer((long) Alignment.Positions.DIRECTIONS * area.pixels()));
        float[] scale = new float[area.pixels()];
        for (int d = 0; d < Alignment.Positions.DIRECTIONS; d++) {
            pack(deviation, d * size * size, scale);
            for (int k = 0; k < scale.length; k++) {
                scale[k] = scale[k] > 0 ? 1 / scale[k] : 0;
            }
            lineScale.position((long) d * scale.length).put(scale);
        }
        lineScale.position(0);
    }

    /** Each direction's lines in the brightness's difference: 12 x the area's pixels are filled. */
    void eachLine(FloatPointer values) {
        PositionOps.lineFilter(exec, differences[0], area, null, values, across, along, lineWorkspace);
    }

    /** Filters the differences that {@link #difference} filled, into {@link #filtered(int)}; in ascending order. */
    void filter(int index) {
        if (index == LINES) {
            PositionOps.lineFilter(exec, differences[0], area, lineScale, filters[index], across, along, lineWorkspace);
            return;
        }
        int[] kind = BLURS[blur(index)];
        PositionOps.areaFilter(
                exec,
                differences[kind[0]],
                area,
                kind[2] < 0 ? null : filters[kind[2]],
                filters[index],
                kind[1] * size / 256.0,
                workspace);
    }

    /** All filtered differences, one behind the other, packed. */
    FloatPointer filtered() {
        return filtered;
    }

    /** One of them. */
    FloatPointer filtered(int index) {
        return filters[index];
    }

    /** The shown part's difference in a channel, as {@link #difference} left it; on the area. */
    FloatPointer rest(int channel) {
        return differences[channel];
    }

    /** A difference on the area blurred by one Gaussian, less that by a wider one; a new array. */
    float[] band(FloatPointer difference, double fine, double coarse) {
        float[] band = new float[area.pixels()];
        try (FloatPointer wide = Retained.of(new FloatPointer((long) band.length));
                FloatPointer out = Retained.of(new FloatPointer((long) band.length))) {
            PositionOps.areaFilter(exec, difference, area, null, wide, coarse, workspace);
            PositionOps.areaFilter(exec, difference, area, wide, out, fine, workspace);
            out.get(band);
        }
        return band;
    }

    /** An S x S image smoothed by a Gaussian; a new array. */
    float[] smooth(float[] image, double sigma) {
        try (Area whole = Area.whole(size);
                FloatPointer in = Retained.of(new FloatPointer(image));
                FloatPointer out = Retained.of(new FloatPointer((long) image.length))) {
            PositionOps.areaFilter(exec, in, whole, null, out, sigma, workspace);
            float[] smoothed = new float[image.length];
            out.get(smoothed);
            return smoothed;
        }
    }

    @Override
    public void close() {
        for (RobustFit fit : fits) {
            if (fit != null) {
                fit.close();
            }
        }
        if (lineScale != null) {
            lineScale.close();
        }
        lineWorkspace.close();
        workspace.close();
        filtered.close();
        exec.close();
        area.close();
    }
}
