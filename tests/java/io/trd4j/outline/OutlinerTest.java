package io.trd4j.outline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.model.NormalImages;
import io.trd4j.outline.Outline.UnknownHeight;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Outlines on a drawn part: a turned plate of 8 mm with two holes and a step on a table, 1 mm a pixel, 0.02 mm of
 * noise. Defects lie beside a hole, so that only normal parts tell them from it.
 */
class OutlinerTest {
    private static final int SIZE = 96;
    private static final double PITCH = 0.001;
    /** Places of a pixel along each side that are drawn: edges of what a sensor sees are not sharper than a pixel. */
    private static final int SAMPLES = 3;

    private static final NormalViews NORMAL = NormalViews.of(NormalViews.reduce(
            List.of(part(0, 48, 48, 0, 0, 1), part(0.1, 47, 49.5, 0, 0, 2), part(-0.15, 50, 46, 0, 0, 3)), SIZE));

    /** The plate's own coordinates of the defect, mm from its centre: next to the hole at (-20, -8). */
    private static final double AT_X = -11;

    private static final double AT_Y = -4;
    private static final double RADIUS = 5;

    /**
     * @param dent mm by which the defect is raised, with a profile that falls to 0 at its radius
     * @param stain grey levels by which it is darker
     */
    private static Part part(double angle, double x, double y, double dent, double stain, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] xyz = new float[3 * SIZE * SIZE];
        byte[] rgb = new byte[3 * SIZE * SIZE];
        for (int i = 0; i < SIZE * SIZE; i++) {
            double height = 0;
            double grey = 4 * random.nextDouble();
            for (int s = 0; s < SAMPLES * SAMPLES; s++) {
                double dx = i % SIZE + (s % SAMPLES + 0.5) / SAMPLES - x;
                double dy = i / SIZE + (s / SAMPLES + 0.5) / SAMPLES - y;
                double u = Math.cos(angle) * dx + Math.sin(angle) * dy;
                double v = Math.cos(angle) * dy - Math.sin(angle) * dx;
                boolean plate = Math.abs(u) < 32 && Math.abs(v) < 20;
                boolean hole = Math.hypot(u + 20, v + 8) < 4 || Math.hypot(u - 22, v - 10) < 6;
                double d = Math.hypot(u - AT_X, v - AT_Y) / RADIUS;
                double profile = d < 1 ? (1 - d * d) * (1 - d * d) : 0;
                double here = !plate || hole ? 0 : (u > 10 ? 5 : 8) + dent * profile;
                height += here / (SAMPLES * SAMPLES);
                grey += ((here == 0 ? 40 : 150) - (d < 1 && here > 0 ? stain : 0)) / (SAMPLES * SAMPLES);
            }
            double noise = 0.04 * (random.nextDouble() + random.nextDouble() - 1);
            xyz[3 * i] = (float) (PITCH * (i % SIZE));
            xyz[3 * i + 1] = (float) (PITCH * (i / SIZE));
            xyz[3 * i + 2] = (float) (0.5 + 0.1 * PITCH * (i % SIZE) - 1e-3 * (height + noise));
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) (int) grey;
            }
        }
        return Part.of("part", new RgbImage(SIZE, SIZE, rgb), new PointCloud(SIZE, SIZE, xyz));
    }

    /** A blurred map around the defect, as wide as a network's. */
    private static float[] map(double angle, double x, double y) {
        double cx = x + Math.cos(angle) * AT_X - Math.sin(angle) * AT_Y;
        double cy = y + Math.sin(angle) * AT_X + Math.cos(angle) * AT_Y;
        float[] map = new float[SIZE * SIZE];
        for (int i = 0; i < map.length; i++) {
            double d = Math.hypot(i % SIZE + 0.5 - cx, i / SIZE + 0.5 - cy);
            map[i] = (float) (10 * Math.exp(-d * d / (2 * 9 * 9)));
        }
        return map;
    }

    private static Outline outline(Part part, double angle, double x, double y, NormalViews normal) {
        float[] map = map(angle, x, y);
        boolean[] above = new boolean[map.length];
        for (int i = 0; i < map.length; i++) {
            above[i] = map[i] > 5;
        }
        SearchAreas.Area area = SearchAreas.of(above, map, SIZE).get(0);
        return new Outliner(part, SIZE, 1, normal).outlines(area, map, 5, 5).get(0);
    }

    private static double overlap(Outline outline, double angle, double x, double y) {
        boolean[] found = new boolean[SIZE * SIZE];
        for (int i : outline.pixels()) {
            found[i] = true;
        }
        int both = 0;
        int any = 0;
        for (int i = 0; i < found.length; i++) {
            double dx = i % SIZE + 0.5 - x;
            double dy = i / SIZE + 0.5 - y;
            double u = Math.cos(angle) * dx + Math.sin(angle) * dy;
            double v = Math.cos(angle) * dy - Math.sin(angle) * dx;
            boolean defect = Math.hypot(u - AT_X, v - AT_Y) < RADIUS;
            both += defect && found[i] ? 1 : 0;
            any += defect || found[i] ? 1 : 0;
        }
        return both / (double) any;
    }

    @Test
    void dentsAndBumpsBesideAHoleAreMeasured() {
        double overlaps = 0;
        for (double angle : new double[] {0.2, 2.5, -1.6}) {
            for (double height : new double[] {-1.5, 0.4, 1.2}) {
                Outline outline = outline(part(angle, 50, 47, height, 0, 9), angle, 50, 47, NORMAL);
                assertNull(outline.unknown());
                assertEquals(height, outline.raised(), 0.3 * Math.abs(height), "turned by " + angle);
                overlaps += overlap(outline, angle, 50, 47);
            }
        }
        assertTrue(overlaps / 9 > 0.5, "overlap " + overlaps / 9);
    }

    @Test
    void aStainHasNoHeight() {
        Outline outline = outline(part(0.2, 50, 47, 0, 60, 9), 0.2, 50, 47, NORMAL);
        assertNull(outline.raised());
        assertEquals(UnknownHeight.WITHIN_NOISE, outline.unknown());
        assertTrue(overlap(outline, 0.2, 50, 47) > 0.7);
    }

    @Test
    void nothingThatStandsOutLeavesTheOutlineToTheMap() {
        Outline outline = outline(part(0.2, 50, 47, 0, 0, 9), 0.2, 50, 47, NORMAL);
        assertEquals(UnknownHeight.WITHIN_NOISE, outline.unknown());
        assertTrue(outline.pixels().length > 50);
    }

    /** Without normal parts the surface around is all there is: it serves where the part is smooth. */
    @Test
    void withoutNormalImagesTheSurroundingsAreCompared() {
        SplittableRandom random = new SplittableRandom(3);
        float[] xyz = new float[3 * SIZE * SIZE];
        for (int i = 0; i < SIZE * SIZE; i++) {
            double x = i % SIZE - 48;
            double y = i / SIZE - 48;
            double d = Math.hypot(x - AT_X, y - AT_Y) / RADIUS;
            double dent = d < 1 ? -0.8 * (1 - d * d) * (1 - d * d) : 0;
            double height = 12 - 0.004 * (x * x + y * y) + dent + 0.04 * (random.nextDouble() - 0.5);
            xyz[3 * i] = (float) (PITCH * x);
            xyz[3 * i + 1] = (float) (PITCH * y);
            xyz[3 * i + 2] = (float) (0.5 - 1e-3 * height);
        }
        Part dome = Part.ofPoints("dome", new PointCloud(SIZE, SIZE, xyz));
        Outline outline = outline(dome, 0, 48, 48, NormalViews.NONE);
        assertEquals(-0.8, outline.raised(), 0.24);
        assertTrue(overlap(outline, 0, 48, 48) > 0.5);
    }

    @Test
    void partsWithoutPointsHaveNoHeight() {
        Part part = part(0.2, 50, 47, 0, 60, 9);
        Outline outline = outline(Part.ofRgb("colour", part.rgb()), 0.2, 50, 47, NORMAL);
        assertEquals(UnknownHeight.NO_POINTS, outline.unknown());
        assertTrue(overlap(outline, 0.2, 50, 47) > 0.7);
    }

    @Test
    void normalPartsSurviveTheModelFile() {
        NormalImages parts = NormalViews.reduce(List.of(part(0, 48, 48, 0, 0, 1)), SIZE);
        assertEquals(1, parts.count());
        assertEquals(150 + 2, 0xff & parts.rgb().get(0)[3 * (48 * SIZE + 48)], 3);
        assertEquals(8, parts.relief().get(0)[48 * SIZE + 48], 0.1);
        assertEquals(0, parts.relief().get(0)[5 * SIZE + 5], 0.1);
    }
}
