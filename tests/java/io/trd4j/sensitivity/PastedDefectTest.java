package io.trd4j.sensitivity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Noise;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.model.DefectKind;
import org.junit.jupiter.api.Test;

class PastedDefectTest {
    private static final int WIDTH = 80;
    private static final int HEIGHT = 60;
    private static final double FOCAL = 100;

    /**
     * A hilly surface half a metre away, with missing points: from a camera, or as a height map whose heights are 0.5.
     */
    static float[] surface(boolean camera) {
        float[] xyz = new float[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int column = i % WIDTH;
            int row = i / WIDTH;
            double z = 0.5 + 0.01 * Math.sin(column / 7.0) * Math.cos(row / 9.0) + 1e-5 * Noise.gaussian(3, i);
            double scale = camera ? z / FOCAL : 0.5 / FOCAL;
            xyz[3 * i] = (float) ((column - 39.5) * scale);
            xyz[3 * i + 1] = (float) ((row - 29.5) * scale);
            xyz[3 * i + 2] = (float) z;
            if (i % 11 == 0) {
                xyz[3 * i + 2] = i % 2 == 0 ? 0 : Float.NaN;
            }
        }
        return xyz;
    }

    private static Part part(float[] xyz) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (60 + i % 50);
        }
        return Part.of("a", new RgbImage(WIDTH, HEIGHT, rgb), new PointCloud(WIDTH, HEIGHT, xyz));
    }

    /** Every coordinate from the formula, bit for bit. */
    private static void checkRelief(boolean camera, DefectKind kind, double towards) {
        float[] before = surface(camera);
        Part part = part(before.clone());
        Part pasted = new PastedDefect(kind, 0.4, 0.55, 0.2, 0.8).paste(part);
        assertArrayEquals(before, part.xyz().xyz(), "the part itself stays");
        assertSame(part.rgb(), pasted.rgb());
        assertEquals("a", pasted.id());
        float[] after = pasted.xyz().xyz();
        int moved = 0;
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            double radius = Math.sqrt(Math.pow(i % WIDTH + 0.5 - 32, 2) + Math.pow(i / WIDTH + 0.5 - 33, 2)) / 8;
            float x = before[3 * i];
            float y = before[3 * i + 1];
            float z = before[3 * i + 2];
            if (radius < 1 && z > 0) {
                double to = z + 0.8e-3 * towards * 0.5 * (1 + StrictMath.cos(Math.PI * radius));
                assertEquals((float) to, after[3 * i + 2]);
                assertEquals(camera ? (float) (x * (to / z)) : x, after[3 * i]);
                assertEquals(camera ? (float) (y * (to / z)) : y, after[3 * i + 1]);
                if (camera) {
                    assertEquals(x / (double) z, after[3 * i] / (double) after[3 * i + 2], 1e-7, "on its ray");
                }
                moved++;
            } else {
                for (int c = 0; c < 3; c++) {
                    assertEquals(Float.floatToRawIntBits(before[3 * i + c]), Float.floatToRawIntBits(after[3 * i + c]));
                }
            }
        }
        assertTrue(moved > 170, moved + " of about 200");
        // The middle is where the four pixels around it are highest: nearly the whole height.
        assertEquals(towards * 0.8e-3, after[3 * (33 * WIDTH + 32) + 2] - before[3 * (33 * WIDTH + 32) + 2], 2e-5);
    }

    @Test
    void bumpsAndDentsMovePointsAlongTheirRays() {
        assertTrue(ViewingRays.fromOrigin(surface(true), WIDTH, HEIGHT));
        checkRelief(true, DefectKind.BUMP, -1);
        checkRelief(true, DefectKind.DENT, 1);
    }

    @Test
    void inHeightMapsPointsMoveAlongZ() {
        assertFalse(ViewingRays.fromOrigin(surface(false), WIDTH, HEIGHT));
        checkRelief(false, DefectKind.BUMP, -1);
        // Heights around 0: a point that comes to lie at 0 is still one.
        float[] flat = surface(false);
        for (int i = 0; i < flat.length; i += 3) {
            flat[i + 2] = 0.25e-3f;
        }
        float[] after = new PastedDefect(DefectKind.BUMP, 0.50625, 0.5084, 0.1, 0.25)
                .paste(part(flat))
                .xyz()
                .xyz();
        for (int i = 0; i < after.length; i += 3) {
            assertTrue(PointCloud.isPoint(after[i], after[i + 1], after[i + 2]), "point " + i / 3);
        }
    }

    @Test
    void stainsChangeColourAlone() {
        Part part = part(surface(true));
        byte[] before = part.rgb().rgb().clone();
        Part dark = new PastedDefect(DefectKind.DARK_STAIN, 0.5, 0.5, 0.25, 100).paste(part);
        Part light = new PastedDefect(DefectKind.LIGHT_STAIN, 0.5, 0.5, 0.25, 30).paste(part);
        assertArrayEquals(before, part.rgb().rgb());
        assertSame(part.xyz(), dark.xyz());
        int edge = 0;
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            double radius = Math.hypot(i % WIDTH + 0.5 - 40, i / WIDTH + 0.5 - 30) / 10;
            for (int c = 3 * i; c < 3 * i + 3; c++) {
                int was = before[c] & 0xff;
                int more = (light.rgb().rgb()[c] & 0xff) - was;
                if (radius <= 0.6) {
                    assertEquals(Math.max(0, was - 100), dark.rgb().rgb()[c] & 0xff, "no darker than black");
                    assertEquals(30, more);
                } else if (radius >= 1) {
                    assertEquals(was, dark.rgb().rgb()[c] & 0xff);
                    assertEquals(0, more);
                } else {
                    assertTrue(more >= 0 && more <= 30);
                    edge += more > 0 && more < 30 ? 1 : 0;
                }
            }
        }
        assertTrue(edge > 300, "the edge is smooth: " + edge);
    }

    @Test
    void whatCannotBePastedIsRefused() {
        Part colour = part(surface(true)).withoutSecond();
        Part points = part(surface(true)).withoutRgb();
        PastedDefect bump = new PastedDefect(DefectKind.BUMP, 0.5, 0.5, 0.1, 1);
        PastedDefect stain = new PastedDefect(DefectKind.DARK_STAIN, 0.5, 0.5, 0.1, 1);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> bump.paste(colour))
                .getMessage()
                .contains("part a has no points for a bump"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> stain.paste(points))
                .getMessage()
                .contains("part a has no colour image for a dark-stain"));
        assertNotEquals(null, stain.paste(colour).rgb());
        assertThrows(IllegalArgumentException.class, () -> new PastedDefect(DefectKind.BUMP, 1.1, 0.5, 0.1, 1));
        assertThrows(IllegalArgumentException.class, () -> new PastedDefect(DefectKind.BUMP, 0.5, 0.5, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new PastedDefect(DefectKind.BUMP, 0.5, 0.5, 0.1, 0));
        assertThrows(IllegalArgumentException.class, () -> new PastedDefect(null, 0.5, 0.5, 0.1, 1));
    }
}
