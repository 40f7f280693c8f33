package io.trd4j.sensitivity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.model.DefectKind;
import io.trd4j.model.RegionOfInterest;
import io.trd4j.sensitivity.Places.Place;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final int SIDE = 100;
    private static final double NOISE = 2e-5;

    /** A tilted table with a disc of 12 mm on it, 1 mm per pixel; the disc's radius is 25. */
    private static PointCloud onATable(double height) {
        float[] xyz = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            boolean part = disc(i % SIDE + 0.5, i / SIDE + 0.5, 25);
            xyz[3 * i] = 1e-3f * (i % SIDE);
            xyz[3 * i + 1] = 1e-3f * (i / SIDE);
            xyz[3 * i + 2] = (float) (0.4 + 1e-4 * (i % SIDE) - (part ? height : 0) + NOISE * Noise.gaussian(5, i));
        }
        return new PointCloud(SIDE, SIDE, xyz);
    }

    private static boolean disc(double x, double y, double radius) {
        return Math.hypot(x - 50, y - 50) < radius;
    }

    /** Left half black, right half white. */
    private static RgbImage halves() {
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % SIDE < 50 ? 0 : 255);
        }
        return new RgbImage(SIDE, SIDE, rgb);
    }

    @Test
    void thePartIsWhatStandsOnTheTable() {
        PartSurface surface = new PartSurface(onATable(0.012));
        int wrong = 0;
        for (int i = 0; i < SIDE * SIDE; i++) {
            double u = (i % SIDE + 0.5) / SIDE;
            double v = (i / SIDE + 0.5) / SIDE;
            wrong += surface.at(u, v) == disc(i % SIDE + 0.5, i / SIDE + 0.5, 25) ? 0 : 1;
        }
        assertEquals(0, wrong);
        assertEquals(1000 * NOISE, surface.unitMillimetres(), 0.003, "the noise, and a fiftieth of 1 mm");
        assertEquals(100, surface.fieldMillimetres(), 0.1);
    }

    @Test
    void aPartThatFillsTheViewIsEverywhereAndNoPointsAreNowhere() {
        float[] hills = PastedDefectTest.surface(true);
        PartSurface filled = new PartSurface(new PointCloud(80, 60, hills));
        int points = 0;
        int part = 0;
        for (int i = 0; i < 80 * 60; i++) {
            boolean point = PointCloud.isPoint(hills[3 * i], hills[3 * i + 1], hills[3 * i + 2]);
            points += point ? 1 : 0;
            part += filled.at((i % 80 + 0.5) / 80, (i / 80 + 0.5) / 60) ? 1 : 0;
        }
        assertEquals(points, part, "hills up to the border are no table");
        assertFalse(new PartSurface(new PointCloud(4, 4, new float[48])).any());
        // Depth in steps of 1 mm, as of a cheap sensor.
        float[] steps = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            steps[3 * i] = 1e-3f * (i % SIDE);
            steps[3 * i + 1] = 1e-3f * (i / SIDE);
            steps[3 * i + 2] = (400 + i % SIDE / 10) / 1000f;
        }
        assertEquals(1, new PartSurface(new PointCloud(SIDE, SIDE, steps)).unitMillimetres(), 1e-3);
    }

    @Test
    void placesLieOnThePartInTheRegionOfInterest() {
        Part part = Part.of("a", halves(), onATable(0.012));
        PartSurface surface = new PartSurface(part.xyz());
        boolean[] mask = new boolean[64 * 64];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i / 64 < 32;
        }
        Places places = new Places(part, surface, RegionOfInterest.of(mask, "top", "0".repeat(64)));
        for (long seed = 0; seed < 50; seed++) {
            Place bump = places.find(DefectKind.BUMP, 0.1, seed);
            assertTrue(disc(SIDE * bump.u(), SIDE * bump.v(), 24) && bump.v() < 0.5, bump.toString());
            Place dark = places.find(DefectKind.DARK_STAIN, 0.1, seed);
            assertTrue(disc(SIDE * dark.u(), SIDE * dark.v(), 24) && dark.v() < 0.5, dark.toString());
            assertTrue(dark.u() > 0.45, "black cannot become darker: " + dark);
            assertTrue(places.find(DefectKind.LIGHT_STAIN, 0.1, seed).u() < 0.55);
            assertEquals(bump, places.find(DefectKind.BUMP, 0.1, seed));
            assertNotEquals(bump, places.find(DefectKind.BUMP, 0.1, seed + 1000));
        }
        boolean[] corner = new boolean[64 * 64];
        corner[0] = true;
        assertNull(new Places(part, surface, RegionOfInterest.of(corner, "corner", "0".repeat(64)))
                .find(DefectKind.BUMP, 0.1, 1));
    }

    @Test
    void withoutPointsTheyAreAnywhereInTheImage() {
        Places places = new Places(Part.ofRgb("a", halves()), null, null);
        boolean far = false;
        for (long seed = 0; seed < 50; seed++) {
            Place light = places.find(DefectKind.LIGHT_STAIN, 0.2, seed);
            assertTrue(light.u() >= 0.1 && light.u() <= 0.9 && light.v() >= 0.1 && light.v() <= 0.9);
            far |= !disc(SIDE * light.u(), SIDE * light.v(), 40);
        }
        assertTrue(far);
    }
}
