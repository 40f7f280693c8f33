package io.trd4j.inspect;

import io.trd4j.data.Plane;
import io.trd4j.data.PointCloud;
import io.trd4j.inspect.Region.Deciding;
import io.trd4j.inspect.Region.Point;
import io.trd4j.model.InspectionMode;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.model.Thresholds.Limits;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;

/**
 * The defects of a part: the pixels at which a map is above its NG limit, and their connected regions (8 neighbours). A
 * part has a region that counts exactly when its verdict is NG. Not part of {@link Inspector#inspect}: only parts that
 * are looked at pay for it.
 */
public final class Regions {
    private Regions() {}

    /**
     * 255 where the combined, rgb or depth map is above its NG limit, else 0; S x S, row by row. All 0 without
     * thresholds, and where the model's region of interest excludes a pixel, also when a limit is negative. Of a part
     * that lacks a modality: where its one map is above the NG limit of such parts.
     *
     * @throws IllegalStateException when the inspection has no maps
     */
    public static byte[] mask(Inspection inspection) {
        return mask(inspection, Limits::ng);
    }

    private static byte[] mask(Inspection inspection, Function<Limits, Threshold> limit) {
        inspection.requireMaps();
        Thresholds thresholds = inspection.thresholds();
        boolean both = inspection.mode() == InspectionMode.BOTH;
        double combined = thresholds.value(inspection.mode().score(), limit);
        double rgb = both ? thresholds.value(ScoreBranch.RGB, limit) : Double.POSITIVE_INFINITY;
        double depth = both ? thresholds.value(ScoreBranch.DEPTH, limit) : Double.POSITIVE_INFINITY;
        RegionOfInterest roi = inspection.regionOfInterest();
        byte[] mask = new byte[inspection.map().length];
        for (int i = 0; i < mask.length; i++) {
            boolean above = inspection.map()[i] > combined
                    || inspection.mapRgb()[i] > rgb
                    || inspection.mapDepth()[i] > depth;
            mask[i] = (byte) (above && (roi == null || roi.counts(i)) ? 255 : 0);
        }
        return mask;
    }

    /**
     * The regions of {@link #mask}, the highest peak first.
     *
     * @param cloud the part's points, which give areas and heights; null when there are none
     * @throws IllegalStateException when the inspection has no maps
     */
    public static List<Region> of(Inspection inspection, PointCloud cloud) {
        return of(inspection, cloud, mask(inspection));
    }

    /**
     * Those that count with {@link InspectorOptions#minRegion}.
     *
     * @param minRegion mm²; regions whose points tell that they are smaller are left out
     */
    public static List<Region> of(Inspection inspection, PointCloud cloud, double minRegion) {
        return of(inspection, cloud).stream()
                .filter(region -> counts(region, minRegion))
                .toList();
    }

    private static boolean counts(Region region, double minRegion) {
        return region.areaSquareMillimetres() == null || region.areaSquareMillimetres() >= minRegion;
    }

    /** The verdict without regions that are too small to count; adds a warning when one was left out. */
    static Verdict verdict(Inspection inspection, PointCloud cloud, double minRegion) {
        for (Verdict verdict : new Verdict[] {Verdict.NG, Verdict.REVIEW}) {
            Function<Limits, Threshold> limit = verdict == Verdict.NG ? Limits::ng : Limits::review;
            List<Region> regions = of(inspection, cloud, mask(inspection, limit));
            if (regions.stream().anyMatch(region -> counts(region, minRegion))) {
                return verdict;
            }
            if (!regions.isEmpty()) {
                inspection.warnings.add(Warning.SMALL_REGIONS_IGNORED);
            }
        }
        return Verdict.OK;
    }

    private static List<Region> of(Inspection inspection, PointCloud cloud, byte[] mask) {
        int size = inspection.size();
        int[] labels = new int[mask.length];
        Map<Integer, List<Point>> contours = new HashMap<>();
        int count;
        try (PointerScope scope = new PointerScope()) {
            Mat pixels = new Mat(size, size, opencv_core.CV_8UC1);
            pixels.<ByteBuffer>createBuffer().put(mask);
            Mat labelled = new Mat();
            count = opencv_imgproc.connectedComponents(pixels, labelled, 8, opencv_core.CV_32S);
            labelled.<IntBuffer>createBuffer().get(labels);
            MatVector borders = new MatVector();
            opencv_imgproc.findContours(
                    pixels, borders, opencv_imgproc.RETR_EXTERNAL, opencv_imgproc.CHAIN_APPROX_SIMPLE);
            for (long i = 0; i < borders.size(); i++) {
                IntBuffer points = borders.get(i).createBuffer();
                List<Point> contour = new ArrayList<>();
                while (points.hasRemaining()) {
                    contour.add(new Point(points.get(), points.get()));
                }
                contours.put(labels[contour.get(0).y() * size + contour.get(0).x()], contour);
            }
        }
        Surface surface = cloud == null ? null : new Surface(cloud, labels, size);
        List<Region> regions = new ArrayList<>();
        for (int label = 1; label < count; label++) {
            regions.add(region(inspection, labels, label, contours.get(label), surface));
        }
        regions.sort(Comparator.comparing(r -> -r.peak()));
        return regions;
    }

    private static Region region(Inspection inspection, int[] labels, int label, List<Point> contour, Surface surface) {
        int size = inspection.size();
        int left = size;
        int right = -1;
        int top = size;
        int bottom = -1;
        int area = 0;
        int peak = -1;
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == label) {
                left = Math.min(left, i % size);
                right = Math.max(right, i % size);
                top = Math.min(top, i / size);
                bottom = Math.max(bottom, i / size);
                area++;
                sum += inspection.map()[i];
                peak = peak < 0 || inspection.map()[i] > inspection.map()[peak] ? i : peak;
            }
        }
        int width = right - left + 1;
        int height = bottom - top + 1;
        return new Region(
                left,
                top,
                width,
                height,
                contour,
                area,
                surface == null ? null : surface.areaSquareMillimetres(label),
                inspection.map()[peak],
                peak % size,
                peak / size,
                (float) (sum / area),
                Deciding.of(inspection.mapRgb()[peak], inspection.mapDepth()[peak]),
                surface == null ? null : surface.raisedMillimetres(label, left, top, width, height));
    }

    /** The point cloud under the labels: a point belongs to the map pixel that covers it. */
    private static final class Surface {
        private final float[] xyz;
        private final int columns;
        private final int rows;
        private final int[] labels;
        private final int size;

        Surface(PointCloud cloud, int[] labels, int size) {
            xyz = cloud.xyz();
            columns = cloud.width();
            rows = cloud.height();
            this.labels = labels;
            this.size = size;
        }

        private int mapX(int u) {
            return (int) ((long) u * size / columns);
        }

        private int mapY(int v) {
            return (int) ((long) v * size / rows);
        }

        private int label(int u, int v) {
            return labels[mapY(v) * size + mapX(u)];
        }

        private boolean valid(int point) {
            return PointCloud.isPoint(xyz[3 * point], xyz[3 * point + 1], xyz[3 * point + 2]);
        }

        /** Points without neighbours count as much as the others on average. */
        Double areaSquareMillimetres(int label) {
            double sum = 0;
            int measured = 0;
            int all = 0;
            for (int v = 0; v < rows; v++) {
                for (int u = 0; u < columns; u++) {
                    if (label(u, v) == label) {
                        all++;
                        double patch = patch(u, v);
                        if (patch > 0) {
                            sum += patch;
                            measured++;
                        }
                    }
                }
            }
            return measured == 0 ? null : 1e6 * sum / measured * all;
        }

        /**
         * Square metres of surface for one point: the parallelogram to the next column and row, else the ones before; 0
         * when missing.
         */
        private double patch(int u, int v) {
            int here = v * columns + u;
            int across = neighbour(here, u + 1 < columns ? 1 : 0, u > 0 ? -1 : 0);
            int down = neighbour(here, v + 1 < rows ? columns : 0, v > 0 ? -columns : 0);
            if (across < 0 || down < 0) {
                return 0;
            }
            double ax = xyz[3 * across] - xyz[3 * here];
            double ay = xyz[3 * across + 1] - xyz[3 * here + 1];
            double az = xyz[3 * across + 2] - xyz[3 * here + 2];
            double bx = xyz[3 * down] - xyz[3 * here];
            double by = xyz[3 * down + 1] - xyz[3 * here + 1];
            double bz = xyz[3 * down + 2] - xyz[3 * here + 2];
            double nx = ay * bz - az * by;
            double ny = az * bx - ax * bz;
            double nz = ax * by - ay * bx;
            return Math.sqrt(nx * nx + ny * ny + nz * nz);
        }

        private int neighbour(int here, int after, int before) {
            return !valid(here)
                    ? -1
                    : after != 0 && valid(here + after)
                            ? here + after
                            : before != 0 && valid(here + before) ? here + before : -1;
        }

        /**
         * The plane z = a x + b y + c by least squares through the points around, half the box's size on every side.
         */
        Double raisedMillimetres(int label, int left, int top, int width, int height) {
            int marginX = Math.max(2, width / 2);
            int marginY = Math.max(2, height / 2);
            Plane around = new Plane();
            for (int v = 0; v < rows; v++) {
                int y = mapY(v);
                for (int u = 0; u < columns && y >= top - marginY && y < top + height + marginY; u++) {
                    int x = mapX(u);
                    int point = v * columns + u;
                    if (x >= left - marginX && x < left + width + marginX && label(u, v) == 0 && valid(point)) {
                        around.add(xyz[3 * point], xyz[3 * point + 1], xyz[3 * point + 2]);
                    }
                }
            }
            double sum = 0;
            int count = 0;
            for (int point = 0; point < rows * columns; point++) {
                if (label(point % columns, point / columns) == label && valid(point)) {
                    // The camera looks along z: what is nearer is raised.
                    sum += around.z(xyz[3 * point], xyz[3 * point + 1]) - xyz[3 * point + 2];
                    count++;
                }
            }
            return count == 0 || !Double.isFinite(sum) ? null : 1e3 * sum / count;
        }
    }
}
