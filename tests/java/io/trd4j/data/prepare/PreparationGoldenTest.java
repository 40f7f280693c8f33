package io.trd4j.data.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Fixtures;
import io.trd4j.data.Part;
import io.trd4j.data.PointCloud;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.model.Geometry;
import io.trd4j.ops.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The four golden cases of SPEC section 5, from files to normalised tensors. */
class PreparationGoldenTest {
    /** One grey level after the smallest deviation; the resize is meant to be exact, so far less is expected. */
    private static final double RGB_TOLERANCE = 1e-6;
    /** What the golden README allows; float rounding of normals with aperture 7 reaches 3e-5. */
    private static final double VALUE_TOLERANCE = 1e-4;
    /** A pixel at the exact plane threshold may flip. */
    private static final double MASK_FLIPS = 1e-3;

    @ParameterizedTest
    @CsvSource({"plane_square, 64", "tilted_missing, 96", "nonsquare, 128", "tilted_large, 256"})
    void matches(String name, int size) throws IOException {
        Path folder = Fixtures.golden(name);
        Path expected = folder.resolve("expected.safetensors");
        Part part = PartFiles.of(folder.resolve("rgb/000.png"), folder.resolve("xyz/000.tiff"))
                .load();
        try (Preparation depth = new Preparation(size, Geometry.DEPTH, ElementType.FLOAT32)) {
            compare(
                    name + " rgb",
                    Fixtures.tensor(expected, "rgb"),
                    Prepared.rgb(depth, part, size).planes(),
                    RGB_TOLERANCE,
                    0);
        }
        Prepared image = Prepared.second(part, size, Geometry.DEPTH);
        compare(name + " depth", Fixtures.tensor(expected, "depth"), image.planes(), VALUE_TOLERANCE, MASK_FLIPS);
        compare(name + " depth.mask", Fixtures.tensor(expected, "depth.mask"), floats(image.mask()), 0, MASK_FLIPS);

        for (int k = 3; k <= 7; k += 2) {
            Prepared normals = Prepared.second(part, size, Geometry.normals(k));
            compare(
                    name + " normal.k" + k,
                    Fixtures.tensor(expected, "normal.k" + k),
                    normals.planes(),
                    VALUE_TOLERANCE,
                    MASK_FLIPS);
            float[] mask = sampled(normals.mask(), part.xyz(), size);
            compare(name + " normal.mask", Fixtures.tensor(expected, "normal.mask"), mask, 0, MASK_FLIPS);
        }
    }

    /** The golden file has the full-resolution mask, sampled nearest. */
    private static float[] sampled(byte[] full, PointCloud cloud, int size) {
        int w = cloud.width();
        int h = cloud.height();
        float[] out = new float[size * size];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                out[y * size + x] = full[y * h / size * w + x * w / size];
            }
        }
        return out;
    }

    private static float[] floats(byte[] mask) {
        float[] out = new float[mask.length];
        for (int i = 0; i < mask.length; i++) {
            out[i] = mask[i];
        }
        return out;
    }

    private static void compare(String what, float[] expected, float[] actual, double tolerance, double share) {
        assertEquals(expected.length, actual.length, what);
        int off = 0;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs((double) expected[i] - actual[i]);
            if (!(error <= tolerance)) {
                off++;
            }
            worst = Double.isNaN(error) ? Double.NaN : Math.max(worst, error);
        }
        assertTrue(off <= share * expected.length, what + ": " + off + " values are off, the worst by " + worst);
    }
}
