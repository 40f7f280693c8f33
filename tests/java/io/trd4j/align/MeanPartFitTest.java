package io.trd4j.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trd4j.data.Part;
import io.trd4j.data.RgbImage;
import io.trd4j.io.Progress;
import io.trd4j.model.Alignment;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether differences from the mean part say anything: told from noise and from textures that differ. */
final class MeanPartFitTest {
    private static final int CAMERA = 192;
    private static final int PARTS = 8;

    /**
     * Of parts that lie somewhat turned, with textures of squares of 4 pixels of their own, and noise of single ones.
     *
     * @param plain whether the mean part is taken for one that shows nothing at all
     */
    private static double share(int size, double texture, double noise, boolean plain) throws IOException {
        Alignment alignment = AlignmentBuilder.of(RigidPart.normal(8, CAMERA, 0.02, 1), size, Progress.NONE)
                .alignment()
                .withPositions(null);
        Alignment judged = !plain
                ? alignment
                : new Alignment(
                        size,
                        alignment.view(),
                        alignment.frame(),
                        alignment.whole(),
                        new float[alignment.mean().length],
                        alignment.area(),
                        null);
        Random random = new Random(5);
        Locator locator = new Locator(alignment);
        try (PositionFilters filters = new PositionFilters(alignment)) {
            filters.set(new float[0], new float[] {1e9f, 1e9f, 1e9f, 1e9f});
            MeanPartFit fit = new MeanPartFit(filters, judged, 0);
            for (int p = 0; p < PARTS; p++) {
                locator.locate(part(random, texture, noise));
                fit.look(locator);
                filters.show(locator);
                filters.difference(0);
                fit.add(filters.rest(0));
            }
            return fit.share();
        }
    }

    private static Part part(Random random, double texture, double noise) {
        Part part = new RigidPart(CAMERA, 0.4 * random.nextDouble() - 0.2, 2, -1)
                .draw("p", 0.02, 0, 0, 0, random.nextLong());
        byte[] rgb = part.rgb().rgb().clone();
        double[] squares = random.doubles(CAMERA / 4 * (CAMERA / 4)).toArray();
        for (int i = 0; i < CAMERA * CAMERA; i++) {
            double more = texture * (2 * squares[i / CAMERA / 4 * (CAMERA / 4) + i % CAMERA / 4] - 1);
            for (int c = 0; c < 3; c++) {
                double grey = (rgb[3 * i + c] & 255) + more + noise * random.nextGaussian();
                rgb[3 * i + c] = (byte) Math.max(0, Math.min(255, Math.round(grey)));
            }
        }
        return Part.of("p", new RgbImage(CAMERA, CAMERA, rgb), part.xyz());
    }

    /** At 0.5 to 2 pixels of the view in one of the frame: interpolation takes more or less of the noise away. */
    @ParameterizedTest
    @CsvSource({"64", "96", "128", "192", "256"})
    void noiseIsNoTexture(int size) throws IOException {
        double share = share(size, 0, 6, true);
        assertTrue(share > MeanPartFit.ENOUGH, "share " + share);
    }

    @ParameterizedTest
    @CsvSource({"96", "192"})
    void aTextureOfEachPartsOwnIsNotExplained(int size) throws IOException {
        double share = share(size, 40, 2, false);
        assertTrue(share < 0.5, "share " + share);
    }

    @Test
    void partsWithoutAnyDifferenceAreExplained() throws IOException {
        Alignment alignment = AlignmentBuilder.of(RigidPart.normal(8, CAMERA, 0.02, 1), 64, Progress.NONE)
                .alignment();
        try (PositionFilters filters = new PositionFilters(alignment)) {
            assertEquals(1, new MeanPartFit(filters, alignment, PositionFilters.RELIEF).share(), 0);
        }
    }
}
