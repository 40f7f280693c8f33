package io.trd4j.data.prepare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.PointCloud;
import io.trd4j.data.RgbImage;
import io.trd4j.data.dataset.Dataset;
import io.trd4j.data.dataset.PartFiles;
import io.trd4j.data.image.ImageWriter;
import io.trd4j.data.synthetic.SyntheticParts;
import io.trd4j.data.synthetic.SyntheticProduct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The aperture follows relief and noise, and every case in which nothing can be measured ends with 5. */
class SobelApertureTest {
    private static final int PIXELS = 128;
    private static final int S = 64;

    @TempDir
    Path folder;

    private int files;

    /**
     * A part of PIXELS / 2 squared on a plane at 0.6 m, 1 mm per pixel; height in metres above it, x and y in pixels.
     */
    private PartFiles part(DoubleBinaryOperator height, double noise) throws IOException {
        Random random = new Random(files);
        float[] xyz = new float[3 * PIXELS * PIXELS];
        for (int i = 0; i < PIXELS * PIXELS; i++) {
            int x = i % PIXELS;
            int y = i / PIXELS;
            boolean on = x >= PIXELS / 4 && x < 3 * PIXELS / 4 && y >= PIXELS / 4 && y < 3 * PIXELS / 4;
            xyz[3 * i] = 0.001f * x;
            xyz[3 * i + 1] = 0.001f * y;
            xyz[3 * i + 2] = (float) (0.6 - (on ? height.applyAsDouble(x, y) + noise * random.nextGaussian() : 0));
        }
        Path rgb = folder.resolve(files + ".png");
        Path cloud = folder.resolve(files++ + ".tiff");
        Files.write(rgb, ImageWriter.png(new RgbImage(1, 1, new byte[3])));
        Files.write(cloud, ImageWriter.tiffXyz(new PointCloud(PIXELS, PIXELS, xyz)));
        return PartFiles.of(rgb, cloud);
    }

    private static SobelAperture choose(PartFiles... parts) throws IOException {
        return SobelAperture.choose(List.of(parts), S);
    }

    private static double gentle(double x, double y) {
        return 0.02 + 0.00002 * x + 0.01 * Math.exp(-(Math.pow(x - 64, 2) + Math.pow(y - 64, 2)) / 2000);
    }

    @Test
    void reliefAndNoiseDecide() throws IOException {
        // At the cloud's resolution: where the relief is deep, a small dent is as deep as the smallest aperture can
        // show; a smooth,
        // quiet surface needs more exaggeration; noise of 0.5 mm hides dents from all, and needs the most smoothing.
        PartFiles ribs = part((x, y) -> 0.02 + 0.01 * Math.sin(x * 2 * Math.PI / 6), 0.00001);
        assertKernel(3, SobelAperture.choose(List.of(ribs), PIXELS));
        assertKernel(5, SobelAperture.choose(List.of(part(SobelApertureTest::gentle, 0.00001)), PIXELS));
        assertKernel(7, SobelAperture.choose(List.of(part(SobelApertureTest::gentle, 0.0005)), PIXELS));
    }

    private static void assertKernel(int expected, SobelAperture found) {
        assertEquals(expected, found.kernel(), found.toString());
    }

    @Test
    void noiseIsMeasuredBelowReliefAndHidesDents() throws IOException {
        SobelAperture quiet = choose(part(SobelApertureTest::gentle, 0.00001));
        SobelAperture noisy = choose(part(SobelApertureTest::gentle, 0.0002));
        assertEquals(0.00001, quiet.noise(), 0.000001);
        assertEquals(0.0002, noisy.noise(), 0.00001);
        for (int k = 0; k < 3; k++) {
            assertTrue(noisy.visibility().get(k) < quiet.visibility().get(k), quiet + " | " + noisy);
        }
        assertTrue(
                noisy.toString()
                        .matches("normal kernel 7: small dents are visible by \\d\\.\\d\\d, \\d\\.\\d\\d, "
                                + "\\d\\.\\d\\d bits with 3, 5, 7; noise of z 0\\.\\d{3} mm"),
                noisy.toString());
    }

    @Test
    void theSamePartsGiveTheSameChoice() throws IOException {
        SyntheticParts.write(folder.resolve("plate"), SyntheticProduct.PLATE, 0, 3, 0, PIXELS, 3, done -> {});
        List<PartFiles> parts = Dataset.open(folder.resolve("plate")).validation();
        SobelAperture first = SobelAperture.choose(parts, S);
        assertEquals(first, SobelAperture.choose(parts, S));
        // trd synth's sensor has 0.06 mm; the plate's fine edges add little.
        assertEquals(0.00006, first.noise(), 0.00001);
        assertKernel(5, first);
    }

    @Test
    void whatCannotBeMeasuredEndsWithFive() throws IOException {
        Path image = folder.resolve("normals.png");
        Files.write(image, ImageWriter.png(new RgbImage(8, 8, new byte[3 * 64])));
        PartFiles normals = PartFiles.of(image, image);
        PartFiles flat = part((x, y) -> 0, 0);
        PartFiles tiny = part((x, y) -> x < 36 && y < 36 ? 0.02 + 0.0001 * x : 0, 0);
        assertTrue(normals.load().xyz() == null);
        for (SobelAperture kernel :
                List.of(choose(), choose(normals), choose(flat), choose(tiny), choose(normals, flat, tiny))) {
            assertEquals(new SobelAperture(5, List.of(), 0), kernel);
        }
        assertTrue(choose().toString().contains("5, the fallback"), choose().toString());
        // Parts that show nothing do not matter.
        SobelAperture mixed = choose(flat, part(SobelApertureTest::gentle, 0.0001), normals);
        assertKernel(7, mixed);
    }
}
