package io.trd4j.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.inspect.Region.Deciding;
import io.trd4j.inspect.Region.Point;
import io.trd4j.model.ScoreBranch;
import io.trd4j.model.Threshold;
import io.trd4j.model.Thresholds;
import io.trd4j.outline.Outline.UnknownHeight;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Regions of maps and surfaces that are known exactly. */
class RegionsTest {
    private static final int SIZE = 32;
    /** Metres between points. */
    private static final double PITCH = 0.0005;

    private static Thresholds ng(ScoreBranch branch, double value) {
        return Thresholds.NONE.with(
                branch, new Thresholds.Limits(new Threshold(value, Threshold.Method.BY_HAND, null, null, null), null));
    }

    /**
     * Two blocks, 6 x 4 at (3, 5) and 2 x 3 at (20, 10), the second with the higher peak, and a pixel that touches it
     * by a corner.
     */
    private static Inspection twoBlocks() {
        Inspection inspection = new Inspection(SIZE);
        block(inspection.maps.map, 3, 5, 6, 4, 6);
        block(inspection.maps.mapRgb, 3, 5, 6, 4, 7);
        block(inspection.maps.mapDepth, 3, 5, 6, 4, 3);
        block(inspection.maps.map, 20, 10, 2, 3, 9.5f);
        inspection.maps.map[13 * SIZE + 22] = 9.5f;
        block(inspection.maps.mapDepth, 20, 10, 4, 4, 4);
        block(inspection.maps.mapRgb, 20, 10, 4, 4, 5);
        inspection.thresholds = ng(ScoreBranch.COMBINED, 5);
        return inspection;
    }

    private static void block(float[] map, int x0, int y0, int width, int height, float value) {
        for (int y = y0; y < y0 + height; y++) {
            for (int x = x0; x < x0 + width; x++) {
                map[y * SIZE + x] = value;
            }
        }
    }

    @Test
    void withoutImagesTheMapOutlines() {
        List<Region> regions = Regions.of(twoBlocks(), null);
        assertEquals(2, regions.size());
        Region first = regions.get(0);
        assertEquals(List.of(20, 10, 3, 4), List.of(first.x(), first.y(), first.width(), first.height()));
        assertEquals(7, first.area());
        assertEquals(9.5f, first.peak());
        assertEquals(List.of(20, 10), List.of(first.peakX(), first.peakY()));
        assertEquals(9.5, first.mean(), 1e-6);
        assertEquals(Deciding.BOTH, first.deciding());
        Region second = regions.get(1);
        assertEquals(List.of(3, 5, 6, 4), List.of(second.x(), second.y(), second.width(), second.height()));
        assertEquals(24, second.area());
        assertEquals(Deciding.RGB, second.deciding());
        assertEquals(List.of(new Point(3, 5), new Point(3, 8), new Point(8, 8), new Point(8, 5)), second.contour());
        assertNull(second.areaSquareMillimetres());
        assertNull(second.raisedMillimetres());
        assertEquals(UnknownHeight.NO_POINTS, second.unknownHeight());
        byte[] mask = Regions.mask(twoBlocks(), regions);
        int marked = 0;
        for (byte b : mask) {
            marked += b == (byte) 255 ? 1 : 0;
        }
        assertEquals(24 + 7, marked, "the contours enclose the regions' pixels");
    }

    @Test
    void aRegionIsThereExactlyWhereALimitIsExceeded() {
        Inspection inspection = twoBlocks();
        inspection.thresholds = ng(ScoreBranch.COMBINED, 9.5);
        assertEquals(List.of(), Regions.of(inspection, null), "a score equal to the limit is not above it");
        inspection.thresholds = Thresholds.NONE;
        assertEquals(List.of(), Regions.of(inspection, null));
        inspection.thresholds = ng(ScoreBranch.DEPTH, 3);
        assertEquals(1, Regions.of(inspection, null).size(), "of the depth map alone");
    }

    /** z over columns and rows of a square cloud, metres. */
    private interface Height {
        double at(int u, int v);
    }

    private static Part part(int side, Height z) {
        float[] xyz = new float[3 * side * side];
        for (int v = 0; v < side; v++) {
            for (int u = 0; u < side; u++) {
                int i = 3 * (v * side + u);
                xyz[i] = (float) (PITCH * u);
                xyz[i + 1] = (float) (PITCH * v);
                xyz[i + 2] = (float) z.at(u, v);
            }
        }
        byte[] grey = new byte[3 * side * side];
        Arrays.fill(grey, (byte) 128);
        return Part.of("part", new RgbImage(side, side, grey), new PointCloud(side, side, xyz));
    }

    @Test
    void areasAreThoseOfTheSurface() {
        // Twice as many points as map pixels in both directions: each pixel has four.
        double pixel = 4 * 1e6 * PITCH * PITCH;
        List<Region> flat = Regions.of(twoBlocks(), part(2 * SIZE, (u, v) -> 0.5));
        assertEquals(24 * pixel, flat.get(1).areaSquareMillimetres(), 1e-3 * 24 * pixel);
        assertEquals(UnknownHeight.WITHIN_NOISE, flat.get(1).unknownHeight());
        List<Region> tilted = Regions.of(twoBlocks(), part(2 * SIZE, (u, v) -> 0.5 + PITCH * u));
        assertEquals(24 * pixel * Math.sqrt(2), tilted.get(1).areaSquareMillimetres(), 1e-3 * 24 * pixel);
        // A hole in the points counts as much as the points around it; without any point there is no area.
        List<Region> holed =
                Regions.of(twoBlocks(), part(2 * SIZE, (u, v) -> u > 8 && u < 12 && v > 11 && v < 14 ? 0 : 0.5));
        assertEquals(24 * pixel, holed.get(1).areaSquareMillimetres(), 1e-3 * 24 * pixel);
        List<Region> nothing = Regions.of(twoBlocks(), part(2 * SIZE, (u, v) -> u < 40 && v < 40 ? Double.NaN : 0.5));
        assertNull(nothing.get(1).areaSquareMillimetres());
        assertEquals(UnknownHeight.TOO_FEW_POINTS, nothing.get(1).unknownHeight());
    }

    @Test
    void bumpsAreRaisedAndDentsAreNot() {
        for (double raised : new double[] {0.002, -0.003}) {
            // On a tilted plane, nearer to the camera is a smaller z; the region is 6 x 4 pixels at (3, 5) of 32, on 64
            // points.
            List<Region> regions = Regions.of(
                    twoBlocks(),
                    part(
                            2 * SIZE,
                            (u, v) -> 0.5
                                    + 0.3 * PITCH * u
                                    - 0.2 * PITCH * v
                                    - (u >= 8 && u < 16 && v >= 10 && v < 18 ? raised : 0)));
            Region region = regions.stream().filter(r -> r.x() < 10).findFirst().orElseThrow();
            assertEquals(1e3 * raised, region.raisedMillimetres(), 1e-2);
            assertEquals(16, region.area(), 2, "4 x 4 pixels are raised, whatever the map says");
            Region other = regions.stream().filter(r -> r.x() > 10).findFirst().orElseThrow();
            assertEquals(UnknownHeight.WITHIN_NOISE, other.unknownHeight(), "the other region lies in the plane");
        }
    }
}
