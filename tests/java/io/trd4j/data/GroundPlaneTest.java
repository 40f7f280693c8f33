package io.trd4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Tilted tables below parts, parts that fill the view, clouds without a plane. */
class GroundPlaneTest {
    private static final int WIDTH = 90;
    private static final int HEIGHT = 70;

    /** z of a table, and what is nearer by the height in a rectangle that begins so many points from the border. */
    private static float[] cloud(int border, double height) {
        float[] xyz = new float[3 * WIDTH * HEIGHT];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int u = i % WIDTH;
            int v = i / WIDTH;
            boolean part = u >= border && u < WIDTH - border && v >= border && v < HEIGHT - border;
            xyz[3 * i] = 1e-3f * u - 0.03f;
            xyz[3 * i + 1] = 1e-3f * v;
            xyz[3 * i + 2] = (float) (0.6 + 0.2 * xyz[3 * i] - 0.1 * xyz[3 * i + 1] - (part ? height : 0));
        }
        return xyz;
    }

    private static PointCloud of(float[] xyz) {
        return new PointCloud(WIDTH, HEIGHT, xyz);
    }

    @Test
    void theTableIsBelowThePart() {
        GroundPlane plane = new GroundPlane();
        float[] xyz = cloud(12, 0.02);
        // A clamp that reaches over a tenth of the border, and missing points.
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            if (i % WIDTH < 20 && i / WIDTH > 30 && i / WIDTH < 55) {
                xyz[3 * i + 2] -= 0.05f;
            }
            if (i % 7 == 0) {
                xyz[3 * i + 2] = 0;
            }
        }
        assertTrue(plane.fit(of(xyz)));
        assertEquals(0.02, plane.above(0.01, 0.03, 0.6 + 0.002 - 0.003 - 0.02), 1e-6);
        assertEquals(0, plane.above(0.5, 0.3, 0.6 + 0.1 - 0.03), 1e-5);
        float[] values = new float[GroundPlane.VALUES];
        plane.write(values);
        double z = values[2] + values[3] * (0.01 - values[0]) + values[4] * (0.03 - values[1]);
        assertEquals(0.6 + 0.002 - 0.003, z, 1e-6);
        // Used again, it gives what a new one gives.
        float[] again = new float[GroundPlane.VALUES];
        plane.fit(of(cloud(20, 0.1)));
        assertTrue(plane.fit(of(xyz)));
        plane.write(again);
        assertArrayEquals(values, again);
    }

    @Test
    void aPartWithoutBorderHasItsOwnPlane() {
        float[] xyz = cloud(12, 0.02);
        float[] inner = new float[xyz.length];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            if (i % WIDTH >= 12 && i % WIDTH < WIDTH - 12 && i / WIDTH >= 12 && i / WIDTH < HEIGHT - 12) {
                System.arraycopy(xyz, 3 * i, inner, 3 * i, 3);
            }
        }
        GroundPlane plane = new GroundPlane();
        assertTrue(plane.fit(of(inner)));
        assertEquals(0, plane.above(0.01, 0.03, 0.6 + 0.002 - 0.003 - 0.02), 1e-6);
    }

    @Test
    void tooFewPointsOrALineAreNoPlane() {
        GroundPlane plane = new GroundPlane();
        assertFalse(plane.fit(of(new float[3 * WIDTH * HEIGHT])));
        float[] line = new float[3 * WIDTH * HEIGHT];
        float[] all = cloud(0, 0);
        System.arraycopy(all, 3 * 35 * WIDTH, line, 3 * 35 * WIDTH, 3 * WIDTH);
        assertFalse(plane.fit(of(line)));
        assertFalse(plane.fit(new PointCloud(2, 2, new float[12])));
    }
}
