package io.trd4j.data.prepare;

import io.trd4j.data.DepthNoise;
import io.trd4j.data.GroundPlane;
import io.trd4j.data.Part;
import io.trd4j.data.PartSource;
import io.trd4j.data.PointCloud;
import io.trd4j.data.PointReader;
import io.trd4j.io.InputException;
import io.trd4j.io.Stop;
import io.trd4j.model.MetricGeometry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The scales of metric geometry (SPEC section 5), from what the sensor gives of normal parts: the distance of
 * neighbouring pixels and the noise of their heights.
 *
 * <ol>
 *   <li>The heights of a part at S x S (at its own resolution where that is lower) are measured as the preparation
 *       does. Spacing is the median distance of neighbouring pixels in x and y, the mean of rows and columns. Noise σ
 *       is the median of |second difference along x of the second difference along y| over 3 x 3 measured pixels,
 *       divided by 0.6745 · 6: planes, cylinders and smooth curvature do not count.
 *   <li>The surface is smoothed by the smallest of the deviations {@link #SMOOTH} with which the noise tilts it by
 *       {@value #TILT} at most. Slopes are enlarged until the noise tilts by {@value #TILT}, by {@value #MAX_GAIN} at
 *       most: more would show noise, less would hide a flat dent.
 *   <li>The relief is that within {@value #RELIEF_NOISE} σ, at least half a pixel's spacing.
 *   <li>The ground, of which nothing is shown, is what is within a fifth of that of the plane: its noise would be
 *       higher in the maps than a faint defect. Parts that fill the view, of which the plane is the parts' own, are
 *       shown whole: those of which less than {@value #LEAST_GROUND} of the pixels, or more than {@value #MOST_GROUND},
 *       are ground.
 * </ol>
 *
 * At most {@value #MAX_PARTS} parts, evenly spaced, are looked at; medians over these count. The same files give the
 * same scales.
 *
 * @param geometry the scales
 * @param noise of a pixel's height, metres; 0 when nothing was measured
 * @param measured whether any part had points enough; else the scales are {@link MetricGeometry#unmeasured}
 */
public record MetricMeasurement(MetricGeometry geometry, double noise, boolean measured) {
    /** Slope that noise may seem to have. */
    static final double TILT = 0.05;

    /**
     * Of 1.2, 2.5, 5.5 and 8 the first had the best second branch wherever it was tried
     * (benchmarks/detection/NOTES.md).
     */
    static final double MAX_GAIN = 1.2;
    /** Deviations of noise that the relief tells apart. */
    static final double RELIEF_NOISE = 20;
    /** Relief's height over the ground's: the noise, after the surface's smoothing, stays far below the latter. */
    static final double GROUND_SHARE = 5;

    static final double LEAST_GROUND = 0.1;
    static final double MOST_GROUND = 0.98;
    /** Deviations that the surface may be smoothed by, pixels. */
    static final List<Double> SMOOTH = List.of(0.7, 1.0, 1.4, 2.0, 2.8);

    private static final int MAX_PARTS = 20;

    /** In one line. */
    @Override
    public String toString() {
        if (!measured) {
            return "metric geometry by the fallback: no normal part has enough points to measure spacing and noise";
        }
        return String.format(
                Locale.ROOT,
                "metric geometry: pixels of %.3f mm, noise of z %.4f mm; surface smoothed by %.1f pixels, slopes x%.1f, "
                        + "relief within %.1f pixels and %.2f mm, %s",
                1e3 * geometry.spacingMetres(),
                1e3 * noise,
                geometry.smoothPixels(),
                geometry.slopeGain(),
                geometry.reliefPixels(),
                1e3 * geometry.reliefMetres(),
                geometry.groundMetres() == 0
                        ? "all is shown"
                        : String.format(Locale.ROOT, "ground up to %.2f mm", 1e3 * geometry.groundMetres()));
    }

    /**
     * Measures normal parts.
     *
     * @param size S, the network's input size
     * @throws InputException when a part cannot be read; a part without points, or with too few, is skipped
     */
    public static MetricMeasurement of(List<? extends PartSource> normal, int size) throws IOException {
        int parts = Math.min(normal.size(), MAX_PARTS);
        List<Double> spacings = new ArrayList<>();
        List<Double> noises = new ArrayList<>();
        List<double[]> heights = new ArrayList<>();
        GroundPlane ground = new GroundPlane();
        for (int i = 0; i < parts; i++) {
            Stop.check();
            Part part = normal.get((int) ((long) i * normal.size() / parts)).load();
            part.update();
            if (part.xyz() != null && ground.fit(part.xyz())) {
                Pixels pixels = Pixels.of(part.xyz(), ground, size);
                double spacing = pixels.spacing(size);
                double noise = pixels.noise();
                if (spacing > 0 && noise >= 0) {
                    spacings.add(spacing);
                    noises.add(noise);
                    heights.add(pixels.h);
                }
            }
        }
        if (spacings.isEmpty()) {
            return new MetricMeasurement(MetricGeometry.unmeasured(size), 0, false);
        }
        double noise = median(noises);
        MetricGeometry scales = scales(size, median(spacings), noise);
        double limit = 2 * scales.groundMetres();
        double share = median(heights.stream().map(h -> within(h, limit)).toList());
        boolean seen = share >= LEAST_GROUND && share <= MOST_GROUND;
        return new MetricMeasurement(seen ? scales : scales.withoutGround(), noise, true);
    }

    /** The same where all is shown. */
    public MetricMeasurement withoutGround() {
        return new MetricMeasurement(geometry.withoutGround(), noise, measured);
    }

    /** Share of the measured heights that are within a limit. */
    private static double within(double[] heights, double limit) {
        int measured = 0;
        int low = 0;
        for (double h : heights) {
            if (!Double.isNaN(h)) {
                measured++;
                low += Math.abs(h) <= limit ? 1 : 0;
            }
        }
        return measured == 0 ? 0 : (double) low / measured;
    }

    /** The rule, from a spacing and a noise in metres, where the ground is seen. */
    static MetricGeometry scales(int size, double spacing, double noise) {
        double smooth = SMOOTH.get(SMOOTH.size() - 1);
        for (double finer : SMOOTH) {
            if (noise / spacing * slopeNoise(finer) <= TILT) {
                smooth = finer;
                break;
            }
        }
        double tilt = noise / spacing * slopeNoise(smooth);
        double gain = tilt * MAX_GAIN <= TILT ? MAX_GAIN : Math.max(1, TILT / tilt);
        double relief = Math.max(RELIEF_NOISE * noise, spacing / 2);
        return new MetricGeometry(
                smooth, spacing, gain, MetricGeometry.reliefPixels(size, smooth), relief, relief / GROUND_SHARE);
    }

    /** Deviation of the smoothed slope, per pixel, of independent noise of deviation 1: the filter's length. */
    private static double slopeNoise(double deviation) {
        int radius = (int) Math.ceil(3 * deviation);
        double[] gaussian = new double[2 * radius + 3];
        double sum = 0;
        for (int j = -radius; j <= radius; j++) {
            gaussian[j + radius + 1] = Math.exp(-0.5 * j * j / (deviation * deviation));
            sum += gaussian[j + radius + 1];
        }
        double along = 0;
        double beside = 0;
        for (int j = 0; j < gaussian.length; j++) {
            double before = j == 0 ? 0 : gaussian[j - 1] / sum;
            double after = j + 1 == gaussian.length ? 0 : gaussian[j + 1] / sum;
            double slope = 0.5 * (after - before);
            double mean = 0.25 * (before + after) + 0.5 * gaussian[j] / sum;
            along += slope * slope;
            beside += mean * mean;
        }
        return Math.sqrt(along * beside);
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Mean x, y and height of each pixel's points; NaN without any. */
    private record Pixels(int width, int height, double[] x, double[] y, double[] h) {
        static Pixels of(PointCloud cloud, GroundPlane ground, int size) {
            int width = Math.min(size, cloud.width());
            int height = Math.min(size, cloud.height());
            Pixels pixels = new Pixels(
                    width, height, new double[width * height], new double[width * height], new double[width * height]);
            PointReader points = new PointReader();
            points.open(cloud.points());
            for (int i = 0; i < width * height; i++) {
                pixels.measure(i, cloud, points, ground);
            }
            return pixels;
        }

        private void measure(int i, PointCloud cloud, PointReader points, GroundPlane ground) {
            int left = (int) ((long) (i % width) * cloud.width() / width);
            int right = (int) ((i % width + 1L) * cloud.width() / width);
            int top = (int) ((long) (i / width) * cloud.height() / height);
            int bottom = (int) ((i / width + 1L) * cloud.height() / height);
            int count = 0;
            for (int v = top; v < bottom; v++) {
                for (int u = left; u < right; u++) {
                    if (points.read(u, v)) {
                        x[i] += points.x;
                        y[i] += points.y;
                        h[i] += ground.above(points.x, points.y, points.z);
                        count++;
                    }
                }
            }
            // NaN where the count is 0.
            x[i] /= count;
            y[i] /= count;
            h[i] /= count;
        }

        /** Between neighbouring pixels of S x S, metres; 0 when no two neighbours were measured. */
        double spacing(int size) {
            double across = neighbours(1) * width / size;
            double down = neighbours(width) * height / size;
            return across > 0 && down > 0 ? 0.5 * (across + down) : Math.max(across, down);
        }

        /** Median distance of pixels that are so many indices apart; 0 when no such two were measured. */
        private double neighbours(int step) {
            double[] distances = new double[h.length];
            int count = 0;
            for (int i = 0; i + step < h.length; i++) {
                double distance = step == 1 && i % width == width - 1
                        ? Double.NaN
                        : Math.hypot(x[i + step] - x[i], y[i + step] - y[i]);
                if (!Double.isNaN(distance)) {
                    distances[count++] = distance;
                }
            }
            Arrays.sort(distances, 0, count);
            return count == 0 ? 0 : distances[count / 2];
        }

        /** Deviation of a pixel's height, metres; negative when no 3 x 3 pixels were measured. */
        double noise() {
            double[] magnitudes = new double[h.length];
            int count = 0;
            for (int i = width + 1; i < h.length - width - 1; i++) {
                if (i % width == 0 || i % width == width - 1) {
                    continue;
                }
                double difference = second(i - width) - 2 * second(i) + second(i + width);
                if (!Double.isNaN(difference)) {
                    magnitudes[count++] = Math.abs(difference);
                }
            }
            return count == 0 ? -1 : DepthNoise.ofDifferences(magnitudes, count);
        }

        private double second(int i) {
            return h[i - 1] - 2 * h[i] + h[i + 1];
        }
    }
}
