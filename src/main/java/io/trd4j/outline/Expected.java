package io.trd4j.outline;

import io.trd4j.data.SurfaceFit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * By how much a window of a part differs from what is expected there. Two expectations compete, for colour and for
 * relief each: a smooth continuation of the ring into the search area, and normal parts, turned and shifted so that
 * they agree with the ring. Whichever explains the ring better is believed: normal parts where the part has edges and
 * holes of its own, the smooth surface where no two parts are alike.
 */
final class Expected {
    /** Fewer pixels with relief say nothing about a surface. */
    private static final int MIN_RING = 30;

    private static final double RING_QUANTILE = 0.8;
    /**
     * Normal parts are believed up to so many times the error of the smooth surface: they also know of holes and edges
     * that lie in the search area, of which the ring says nothing, and have noise of their own.
     */
    private static final double TRUST = 2;
    /** Pixels of the ring that a surface is laid through. */
    private static final int MAX_FITTED = 200;
    /** Pixels of the ring that the search of the pose compares. */
    private static final int MAX_COMPARED = 160;

    private static final double[] ANGLE_STEPS = {Math.toRadians(2), Math.toRadians(1), Math.toRadians(0.5)};
    /** In units of 1/128 of the map's side. */
    private static final double[] SHIFTS = {1.5, 0.75, 0.35};

    private static final float COLOUR_SCALE = 20;
    private static final float LIMIT = 3;
    /** No relief is known more exactly than this share of a pixel's width. */
    private static final double EXACT = 0.01;

    private final Window window;
    private final PartView part;
    private final double reliefFloor;
    private final float[] seen;
    /** Per pixel and channel: seen minus expected. */
    private final float[][] difference = new float[PartView.CHANNELS][];
    /** The same, except that what a neighbouring pixel of a normal part shows is expected, too. */
    private final float[][] beyond = new float[PartView.CHANNELS][];

    private final boolean hasRelief;
    /** Pixels of the ring that surfaces are laid through, and those that poses are compared by. */
    private final int[] fitted;

    private final int[] compared;

    /** @param pixelMillimetres width of a map's pixel on the part; 0 when unknown */
    Expected(Window window, PartView part, List<PoseSearch.Found> poses, double pixelMillimetres) {
        this.window = window;
        this.part = part;
        reliefFloor = Math.max(EXACT * pixelMillimetres, 1e-6);
        fitted = window.someOfTheRing(MAX_FITTED);
        compared = window.someOfTheRing(MAX_COMPARED);
        seen = new float[PartView.CHANNELS * window.pixels()];
        Arrays.fill(seen, Float.NaN);
        for (int i = 0; i < window.pixels(); i++) {
            if (!window.looked[i]) {
                continue;
            }
            System.arraycopy(
                    part.values(),
                    part.pixel(window.x(i), window.y(i)),
                    seen,
                    PartView.CHANNELS * i,
                    PartView.CHANNELS);
        }
        hasRelief = bySurroundings();
        if (!poses.isEmpty()) {
            byNormalParts(poses);
        }
    }

    /** Whether heights can be compared. */
    boolean hasRelief() {
        return hasRelief;
    }

    /** Relief that is not expected even half a pixel aside, mm, above 0 towards the camera; NaN without points. */
    float[] unexpectedRelief() {
        return beyond[PartView.RELIEF];
    }

    /** Relief minus what is expected, mm, above 0 towards the camera; NaN without points. */
    float[] relief() {
        return difference[PartView.RELIEF];
    }

    /** Distance from the expected colour, grey levels. */
    float[] unexpectedColour() {
        float[] distances = new float[window.pixels()];
        for (int i = 0; i < distances.length; i++) {
            double sum = 0;
            for (int c = 0; c < PartView.RELIEF; c++) {
                sum += beyond[c][i] * beyond[c][i];
            }
            distances[i] = (float) Math.sqrt(sum);
        }
        return distances;
    }

    /**
     * Standard deviation of the ring's relief around what is expected, mm: the sensor's noise and the part's roughness.
     */
    double reliefNoise() {
        float[] sorted = Window.sorted(difference[PartView.RELIEF], window.ring);
        return Math.max(1.4826 * Window.quantile(sorted, 0.5), reliefFloor);
    }

    /** The smallest relief that can be told from none, mm. */
    double reliefFloor() {
        return reliefFloor;
    }

    /** Of a window's pixels, NaN. */
    private float[] unknown() {
        float[] plane = new float[window.pixels()];
        Arrays.fill(plane, Float.NaN);
        return plane;
    }

    private float[][] unknownChannels() {
        float[][] channels = new float[PartView.CHANNELS][];
        for (int c = 0; c < channels.length; c++) {
            channels[c] = unknown();
        }
        return channels;
    }

    private double u(int i) {
        return 2.0 * (i % window.width) / window.width - 1;
    }

    private double v(int i) {
        return 2.0 * (i / window.width) / window.height - 1;
    }

    /** @return whether the ring has enough points for a surface */
    private boolean bySurroundings() {
        boolean relief = false;
        for (int c = 0; c < PartView.CHANNELS; c++) {
            if (c < PartView.RELIEF && !part.hasColour()) {
                beyond[c] = difference[c] = new float[window.pixels()];
                continue;
            }
            SurfaceFit fit = new SurfaceFit(c == PartView.RELIEF ? 2 : 1);
            boolean fits = fit(fit, c, null);
            difference[c] = unknown();
            for (int i = 0; i < window.pixels(); i++) {
                if (!window.looked[i]) {
                    continue;
                }
                float value = seen[PartView.CHANNELS * i + c];
                difference[c][i] = fits ? (float) (value - fit.at(u(i), v(i))) : c == PartView.RELIEF ? Float.NaN : 0;
            }
            beyond[c] = difference[c];
            relief = c == PartView.RELIEF && fits;
        }
        return relief;
    }

    /** Through the ring's pixels of one channel, less what is expected of them. */
    private boolean fit(SurfaceFit fit, int channel, float[] expected) {
        fit.reset();
        for (int i : fitted) {
            int at = PartView.CHANNELS * i + channel;
            float value = expected == null ? seen[at] : seen[at] - expected[at];
            if (!Float.isNaN(value)) {
                fit.add(u(i), v(i), value);
            }
        }
        return fit.count() >= MIN_RING && fit.fit(channel == PartView.RELIEF ? reliefFloor : 1);
    }

    private void byNormalParts(List<PoseSearch.Found> poses) {
        float reliefSpan = reliefSpan();
        List<float[][]> differences = new ArrayList<>();
        List<float[][]> beyonds = new ArrayList<>();
        for (PoseSearch.Found found : poses) {
            Comparison comparison = new Comparison(found.reference().view, reliefSpan);
            float[] expected = expected(comparison, aligned(comparison, found.pose()));
            float[][] raw = unknownChannels();
            float[][] outside = unknownChannels();
            compare(expected, raw, outside);
            differences.add(raw);
            beyonds.add(outside);
        }
        float[][] raw = middle(differences);
        float[][] outside = middle(beyonds);
        if (hasRelief && error(raw, PartView.RELIEF) < TRUST * error(difference, PartView.RELIEF)) {
            difference[PartView.RELIEF] = raw[PartView.RELIEF];
            beyond[PartView.RELIEF] = outside[PartView.RELIEF];
        }
        double ours = 0;
        double theirs = 0;
        for (int c = 0; c < PartView.RELIEF; c++) {
            ours = Math.max(ours, error(difference, c));
            theirs = Math.max(theirs, error(raw, c));
        }
        if (theirs < TRUST * ours) {
            for (int c = 0; c < PartView.RELIEF; c++) {
                difference[c] = raw[c];
                beyond[c] = outside[c];
            }
        }
    }

    private double error(float[][] differences, int channel) {
        float[] sorted = Window.sorted(differences[channel], window.ring);
        return sorted.length < MIN_RING ? Double.POSITIVE_INFINITY : Window.quantile(sorted, RING_QUANTILE);
    }

    /** Per pixel and channel the median by absolute value over the parts. */
    private float[][] middle(List<float[][]> parts) {
        float[][] medians = unknownChannels();
        float[] values = new float[parts.size()];
        for (int c = 0; c < PartView.CHANNELS; c++) {
            for (int i = 0; i < window.pixels(); i++) {
                if (!window.looked[i]) {
                    continue;
                }
                int count = 0;
                for (float[][] one : parts) {
                    float value = one[c][i];
                    if (!Float.isNaN(value)) {
                        int at = count++;
                        while (at > 0 && Math.abs(values[at - 1]) > Math.abs(value)) {
                            values[at] = values[at - 1];
                            at--;
                        }
                        values[at] = value;
                    }
                }
                medians[c][i] = count == 0 ? Float.NaN : values[count / 2];
            }
        }
        return medians;
    }

    /** How much the ring's heights differ, mm. */
    private float reliefSpan() {
        float[] heights = new float[window.pixels()];
        for (int i = 0; i < heights.length; i++) {
            heights[i] = seen[PartView.CHANNELS * i + PartView.RELIEF];
        }
        float[] sorted = Window.sorted(heights, window.ring);
        return Window.quantile(sorted, 0.95) - Window.quantile(sorted, 0.05);
    }

    /** The pose at which the reference agrees best with the ring. */
    private Pose aligned(Comparison comparison, Pose start) {
        double size = part.size();
        double aboutX = (window.left + 0.5 * window.width) / size;
        double aboutY = (window.top + 0.5 * window.height) / size;
        Pose best = start;
        for (int level = 0; level < SHIFTS.length; level++) {
            comparison.level(best);
            best = PoseSteps.from(
                            best,
                            ANGLE_STEPS[level],
                            SHIFTS[level] / 128,
                            (pose, by) -> pose.turned(by, aboutX, aboutY),
                            comparison::cost)
                    .pose();
        }
        return best;
    }

    /** Differences in the ring: their level, which is not the part's pose, is taken off. */
    private final class Comparison {
        private final PartView reference;
        private final float[] level = new float[PartView.CHANNELS];
        private final float[] weight = new float[PartView.CHANNELS];
        private final float[] sampled = new float[PartView.CHANNELS];

        Comparison(PartView reference, float reliefSpan) {
            this.reference = reference;
            boolean colour = part.hasColour() && reference.hasColour();
            boolean relief = hasRelief && reference.hasRelief();
            Arrays.fill(weight, colour ? 1 / COLOUR_SCALE : 0);
            weight[PartView.RELIEF] = relief ? (float) (1 / Math.max(0.08 * reliefSpan, 10 * reliefFloor)) : 0;
        }

        /** Takes the medians of the differences at this pose. */
        void level(Pose pose) {
            Sampler sampler = new Sampler(pose, part.size());
            float[][] differences = new float[PartView.CHANNELS][compared.length];
            int[] counts = new int[PartView.CHANNELS];
            for (int i : compared) {
                sampler.sample(reference.values(), window.x(i), window.y(i), sampled);
                for (int k = 0; k < PartView.CHANNELS; k++) {
                    float difference = seen[PartView.CHANNELS * i + k] - sampled[k];
                    if (!Float.isNaN(difference)) {
                        differences[k][counts[k]++] = difference;
                    }
                }
            }
            for (int k = 0; k < PartView.CHANNELS; k++) {
                level[k] = median(differences[k], counts[k]);
            }
        }

        double cost(Pose pose) {
            Sampler sampler = new Sampler(pose, part.size());
            float sum = 0;
            for (int i : compared) {
                sampler.sample(reference.values(), window.x(i), window.y(i), sampled);
                for (int k = 0; k < PartView.CHANNELS; k++) {
                    float off = weight[k] * Math.abs(seen[PartView.CHANNELS * i + k] - sampled[k] - level[k]);
                    // Where nothing was measured, half of the most: neither a reason to move there nor away.
                    sum += off < LIMIT ? off : off >= LIMIT ? LIMIT : weight[k] == 0 ? 0 : LIMIT / 2;
                }
            }
            return sum;
        }

        /** The reference in all pixels that are looked at. */
        float[] at(Pose pose) {
            Sampler sampler = new Sampler(pose, part.size());
            float[] shown = new float[seen.length];
            Arrays.fill(shown, Float.NaN);
            for (int i = 0; i < window.pixels(); i++) {
                if (window.looked[i]) {
                    sampler.sample(reference.values(), window.x(i), window.y(i), sampled);
                    System.arraycopy(sampled, 0, shown, PartView.CHANNELS * i, PartView.CHANNELS);
                }
            }
            return shown;
        }
    }

    private static float median(float[] values, int count) {
        Arrays.sort(values, 0, count);
        return count == 0 ? 0 : values[count / 2];
    }

    /** The reference in the window's pixels, brought to the ring's colours and heights. */
    private float[] expected(Comparison comparison, Pose pose) {
        float[] expected = comparison.at(pose);
        for (int k = 0; k < PartView.RELIEF; k++) {
            float level = level(expected, k);
            for (int i = 0; i < window.pixels(); i++) {
                expected[PartView.CHANNELS * i + k] += level;
            }
        }
        SurfaceFit tilt = new SurfaceFit(1);
        if (fit(tilt, PartView.RELIEF, expected)) {
            for (int i = 0; i < window.pixels(); i++) {
                expected[PartView.CHANNELS * i + PartView.RELIEF] += (float) tilt.at(u(i), v(i));
            }
        }
        return expected;
    }

    /** Median of what is seen minus expected in the ring. */
    private float level(float[] expected, int channel) {
        float[] differences = new float[window.pixels()];
        int count = 0;
        for (int i = 0; i < window.pixels(); i++) {
            if (window.ring[i]) {
                differences[count++] =
                        seen[PartView.CHANNELS * i + channel] - expected[PartView.CHANNELS * i + channel];
            }
        }
        return median(differences, count);
    }

    /**
     * Beyond what the pixel and its four neighbours show: edges may lie half a pixel beside where they are expected.
     */
    private void compare(float[] expected, float[][] raw, float[][] outside) {
        int[] steps = {-1, 1, -window.width, window.width};
        boolean[] inside = new boolean[steps.length];
        for (int i = 0; i < window.pixels(); i++) {
            if (!window.looked[i]) {
                continue;
            }
            inside[0] = i % window.width > 0;
            inside[1] = i % window.width < window.width - 1;
            inside[2] = i >= window.width;
            inside[3] = i < window.pixels() - window.width;
            for (int c = 0; c < PartView.CHANNELS; c++) {
                float low = expected[PartView.CHANNELS * i + c];
                float high = low;
                float value = seen[PartView.CHANNELS * i + c];
                raw[c][i] = value - low;
                for (int n = 0; n < steps.length; n++) {
                    if (inside[n]) {
                        float other = expected[PartView.CHANNELS * (i + steps[n]) + c];
                        // Comparisons with NaN are false.
                        low = other < low ? other : low;
                        high = other > high ? other : high;
                    }
                }
                outside[c][i] = value > high
                        ? value - high
                        : value < low ? value - low : Float.isNaN(raw[c][i]) ? raw[c][i] : 0;
            }
        }
    }
}
