package io.trd4j.data;

import static io.trd4j.data.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Preparation beyond the golden cases: whatever comes in, the result is finite or one line. */
class PreparationTest {
    private static final int S = 32;

    private static RgbImage grey(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, (byte) 100);
        return new RgbImage(width, height, rgb);
    }

    /** A block 30 mm high in the middle of a plane at 0.6 m; a gentle slope so that z varies. */
    private static PointCloud block(int width, int height) {
        float[] xyz = new float[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int i = 3 * (y * width + x);
                boolean part = x > width / 4 && x < 3 * width / 4 && y > height / 4 && y < 3 * height / 4;
                xyz[i] = 0.001f * x;
                xyz[i + 1] = 0.001f * y;
                xyz[i + 2] = part ? 0.57f - 0.0001f * x : 0.6f;
            }
        }
        return new PointCloud(width, height, xyz);
    }

    private static float[] second(PointCloud cloud, Modality modality) {
        float[] out = new float[3 * S * S];
        Arrays.fill(out, Float.NaN);
        new Preparation(S, modality, 5).second(Part.of("p", grey(10, 10), cloud), out);
        for (float value : out) {
            assertTrue(Math.abs(value) < 10, modality + " gives " + value);
        }
        return out;
    }

    @Test
    void sizesMayDifferAndNeedNotBeSquare() {
        Part part = Part.of("p", grey(50, 21), block(40, 64));
        Preparation preparation = new Preparation(S, Modality.DEPTH, 0);
        float[] out = new float[3 * S * S];
        preparation.rgb(part, out);
        for (int i = 0; i < out.length; i++) {
            assertEquals(new float[] {-0.4054f, -0.2850f, -0.0615f}[i / (S * S)], out[i], 1e-3);
        }
        float[] first = second(part.xyz(), Modality.DEPTH);
        preparation.second(part, out);
        assertArrayEquals(first, out);
        // The same object prepares other sizes afterwards, and the first again, with the same result.
        preparation.second(Part.of("q", grey(3, 3), block(90, 33)), out);
        preparation.second(part, out);
        assertArrayEquals(first, out);
        second(part.xyz(), Modality.NORMALS);
    }

    @Test
    void nanAndInfinityAreMissing() {
        PointCloud clean = block(48, 48);
        float[] zeros = clean.xyz().clone();
        float[] bad = clean.xyz().clone();
        Random random = new Random(3);
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f, -Float.MAX_VALUE};
        for (int k = 0; k < 300; k++) {
            int point = random.nextInt(48 * 48);
            for (int c = 0; c < 3; c++) {
                zeros[3 * point + c] = 0;
            }
            bad[3 * point + random.nextInt(3)] = values[k % values.length];
        }
        for (Modality modality : Modality.values()) {
            assertArrayEquals(second(new PointCloud(48, 48, zeros), modality),
                    second(new PointCloud(48, 48, bad), modality));
        }
    }

    @Test
    void aPartThatFillsTheFrameIsAllForeground() {
        float[] xyz = block(S, S).xyz().clone();
        for (int y = 0; y < S; y++) {
            for (int x = 0; x < S; x++) {
                boolean corner = (x < 4 || x >= S - 4) && (y < 4 || y >= S - 4);
                if (corner) {
                    Arrays.fill(xyz, 3 * (y * S + x), 3 * (y * S + x) + 3, 0);
                }
            }
        }
        Part part = Part.of("p", grey(S, S), new PointCloud(S, S, xyz));
        byte[] mask = new Preparation(S, Modality.DEPTH, 0).depthImage(part).mask();
        for (int i = 0; i < S * S; i++) {
            assertTrue(xyz[3 * i + 2] == 0 || mask[i] == 1);
        }
        second(part.xyz(), Modality.DEPTH);
        second(part.xyz(), Modality.NORMALS);
    }

    @Test
    void aSingleDepthIsFinite() {
        float[] xyz = block(S, S).xyz().clone();
        for (int i = 2; i < xyz.length; i += 3) {
            xyz[i] = xyz[i] < 0.59f ? 0.57f : xyz[i];
        }
        float[] out = second(new PointCloud(S, S, xyz), Modality.DEPTH);
        assertEquals((0.1f - 0.485f) / 0.229f, out[S * S / 2 + S / 2], 1e-6);
        second(new PointCloud(S, S, xyz), Modality.NORMALS);
    }

    @Test
    void noForegroundIsOneLine() {
        PointCloud flat = new PointCloud(S, S, plane());
        PointCloud nothing = new PointCloud(S, S, new float[3 * S * S]);
        PointCloud tiny = new PointCloud(2, 2, new float[12]);
        for (Modality modality : Modality.values()) {
            Preparation preparation = new Preparation(S, modality, 3);
            float[] out = new float[3 * S * S];
            assertRefused(() -> preparation.second(Part.of("flat", grey(4, 4), flat), out), "flat", "no valid point");
            assertRefused(() -> preparation.second(Part.of("void", grey(4, 4), nothing).from("a/b.tiff"), out),
                    "a/b.tiff", "no valid point");
        }
        assertRefused(() -> new Preparation(S, Modality.NORMALS, 3)
                .second(Part.of("tiny", grey(4, 4), tiny), new float[3 * S * S]), "tiny", "2x2");
    }

    private static float[] plane() {
        float[] xyz = block(S, S).xyz().clone();
        for (int i = 2; i < xyz.length; i += 3) {
            xyz[i] = 0.6f;
        }
        return xyz;
    }

    @Test
    void normalImagesArePreparedLikeColours() {
        byte[] pixels = new byte[3 * 40 * 30];
        new Random(5).nextBytes(pixels);
        RgbImage image = new RgbImage(40, 30, pixels);
        Part part = Part.ofNormals("candy", image, image);
        Preparation normals = new Preparation(S, Modality.NORMALS, 3);
        float[] rgb = new float[3 * S * S];
        float[] second = new float[3 * S * S];
        normals.rgb(part, rgb);
        normals.second(part, second);
        assertArrayEquals(rgb, second);
        assertRefused(() -> new Preparation(S, Modality.DEPTH, 0).second(part, second), "candy", "surface-normal image");
    }

    @Test
    void argumentsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Preparation(0, Modality.DEPTH, 3));
        assertThrows(IllegalArgumentException.class, () -> new Preparation(S, Modality.NORMALS, 4));
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 2, new byte[11]));
        assertThrows(IllegalArgumentException.class, () -> new PointCloud(0, 2, new float[0]));
    }
}
